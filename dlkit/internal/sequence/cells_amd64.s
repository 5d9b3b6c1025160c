//go:build goexperiment.simd

#include "textflag.h"

// What σ(x) = 1/(1 + 2^t), t = −x·log₂e, is made of: log₂e in two parts, the
// polynomial for 2^f with f within ±½ (least relative error, 2·10⁻⁹), and how
// far from 0 an argument counts: beyond, σ is 0 or 1.
DATA numbers<>+0(SB)/4, $-1.4426950216293335
DATA numbers<>+4(SB)/4, $-1.92596298909109e-08
DATA numbers<>+8(SB)/4, $0.00015353299386333674
DATA numbers<>+12(SB)/4, $0.0013398951850831509
DATA numbers<>+16(SB)/4, $0.009618437848985195
DATA numbers<>+20(SB)/4, $0.055503323674201965
DATA numbers<>+24(SB)/4, $0.24022647738456726
DATA numbers<>+28(SB)/4, $0.6931471824645996
DATA numbers<>+32(SB)/4, $1.0
DATA numbers<>+36(SB)/4, $2.0
DATA numbers<>+40(SB)/4, $-87.0
DATA numbers<>+44(SB)/4, $87.0
GLOBL numbers<>(SB), RODATA, $48

#define LOG   Z20
#define REST  Z21
#define C6    Z22
#define C5    Z23
#define C4    Z24
#define C3    Z25
#define C2    Z26
#define C1    Z27
#define ONE   Z28
#define TWO   Z29
#define LEAST Z30
#define MOST  Z31

#define NUMBERS \
	VBROADCASTSS numbers<>+0(SB), LOG    \
	VBROADCASTSS numbers<>+4(SB), REST   \
	VBROADCASTSS numbers<>+8(SB), C6     \
	VBROADCASTSS numbers<>+12(SB), C5    \
	VBROADCASTSS numbers<>+16(SB), C4    \
	VBROADCASTSS numbers<>+20(SB), C3    \
	VBROADCASTSS numbers<>+24(SB), C2    \
	VBROADCASTSS numbers<>+28(SB), C1    \
	VBROADCASTSS numbers<>+32(SB), ONE   \
	VBROADCASTSS numbers<>+36(SB), TWO   \
	VBROADCASTSS numbers<>+40(SB), LEAST \
	VBROADCASTSS numbers<>+44(SB), MOST

// SIGMOID makes x σ(x), with n and f to work with. Of two numbers of which one is
// none, VMAXPS and VMINPS give what is written first here, so that x stays NaN.
// The reciprocal is the processor's, right to 14 bits, and one of Newton's steps.
#define SIGMOID(x, n, f) \
	VMAXPS x, LEAST, x      \
	VMINPS x, MOST, x       \
	VMULPS LOG, x, n        \
	VRNDSCALEPS $8, n, n    \
	VMOVAPS x, f            \
	VFMSUB213PS n, LOG, f   \
	VFMADD231PS REST, x, f  \
	VMOVAPS C5, x           \
	VFMADD231PS C6, f, x    \
	VFMADD213PS C4, f, x    \
	VFMADD213PS C3, f, x    \
	VFMADD213PS C2, f, x    \
	VFMADD213PS C1, f, x    \
	VFMADD213PS ONE, f, x   \
	VSCALEFPS n, x, x       \
	VADDPS ONE, x, x        \
	VRCP14PS x, n           \
	VFNMADD213PS ONE, n, x  \
	VFMADD213PS n, n, x

// TANH makes x tanh(x) = 2·σ(2x) − 1.
#define TANH(x, n, f) \
	VADDPS x, x, x          \
	SIGMOID(x, n, f)        \
	VFMSUB213PS ONE, TWO, x

// What the next step will work on is asked for while this one is computed: the
// many steps of a sequence do not fit into the first two caches. So many rows
// further it lies.

// func lstmForward512(z, before, cell, bent, h *float32, ld, units, rows, further int)
TEXT ·lstmForward512(SB), NOSPLIT, $0-72
	MOVQ z+0(FP), DI
	MOVQ before+8(FP), SI
	MOVQ cell+16(FP), DX
	MOVQ bent+24(FP), BX
	MOVQ h+32(FP), AX
	MOVQ ld+40(FP), R10
	MOVQ units+48(FP), R8
	MOVQ rows+56(FP), CX
	MOVQ further+64(FP), R14
	SHLQ $2, R10
	SHLQ $2, R8
	LEAQ (R8)(R8*2), R9
	MOVQ R14, R15
	IMULQ R8, R14
	IMULQ R10, R15
	NUMBERS

row:
	XORQ R11, R11

units:
	LEAQ (DI)(R14*4), R12
	LEAQ (DX)(R14*1), R13
	PREFETCHT0 (R12)
	PREFETCHT0 (R12)(R8*1)
	PREFETCHT0 (R12)(R8*2)
	PREFETCHT0 (R12)(R9*1)
	LEAQ (BX)(R14*1), R12
	PREFETCHT0 (R13)(R11*1)
	LEAQ (AX)(R15*1), R13
	PREFETCHT0 (R12)(R11*1)
	PREFETCHT0 (R13)(R11*1)
	VMOVUPS (DI), Z0
	VMOVUPS (DI)(R8*1), Z1
	VMOVUPS (DI)(R8*2), Z2
	VMOVUPS (DI)(R9*1), Z3
	SIGMOID(Z0, Z4, Z8)
	SIGMOID(Z1, Z5, Z9)
	TANH(Z2, Z6, Z10)
	SIGMOID(Z3, Z7, Z11)
	VMOVUPS Z0, (DI)
	VMOVUPS Z1, (DI)(R8*1)
	VMOVUPS Z2, (DI)(R8*2)
	VMOVUPS Z3, (DI)(R9*1)
	VMULPS Z0, Z2, Z2
	VFMADD231PS (SI)(R11*1), Z1, Z2
	VMOVUPS Z2, (DX)(R11*1)
	TANH(Z2, Z4, Z8)
	VMOVUPS Z2, (BX)(R11*1)
	VMULPS Z2, Z3, Z3
	VMOVUPS Z3, (AX)(R11*1)
	ADDQ $64, DI
	ADDQ $64, R11
	CMPQ R11, R8
	JLT  units

	ADDQ R9, DI
	ADDQ R8, SI
	ADDQ R8, DX
	ADDQ R8, BX
	ADDQ R10, AX
	DECQ CX
	JNZ  row
	VZEROUPPER
	RET

// func lstmBackward512(z, before, bent, dh, dcell, dbias *float32, units, rows, further int)
TEXT ·lstmBackward512(SB), NOSPLIT, $0-72
	MOVQ z+0(FP), DI
	MOVQ before+8(FP), SI
	MOVQ bent+16(FP), BX
	MOVQ dh+24(FP), AX
	MOVQ dcell+32(FP), DX
	MOVQ dbias+40(FP), R13
	MOVQ units+48(FP), R8
	MOVQ further+64(FP), R14
	SHLQ $2, R8
	LEAQ (R8)(R8*2), R9
	IMULQ R8, R14
	VBROADCASTSS numbers<>+32(SB), ONE
	MOVQ R8, R11 // what is left of the units

units:
	MOVQ DI, R12
	XORQ R15, R15
	MOVQ rows+56(FP), CX
	VMOVUPS (R13), Z16
	VMOVUPS (R13)(R8*1), Z17
	VMOVUPS (R13)(R8*2), Z18
	VMOVUPS (R13)(R9*1), Z19

row:
	LEAQ (R12)(R14*4), R10
	PREFETCHT0 (R10)
	PREFETCHT0 (R10)(R8*1)
	PREFETCHT0 (R10)(R8*2)
	PREFETCHT0 (R10)(R9*1)
	LEAQ (R15)(R14*1), R10
	PREFETCHT0 (SI)(R10*1)
	PREFETCHT0 (BX)(R10*1)
	VMOVUPS (R12), Z0          // i
	VMOVUPS (R12)(R8*1), Z1    // f
	VMOVUPS (R12)(R8*2), Z2    // g
	VMOVUPS (R12)(R9*1), Z3    // o
	VMOVUPS (BX)(R15*1), Z4    // tanh of the cell
	VMOVUPS (AX)(R15*1), Z5    // dh
	VMULPS Z5, Z3, Z6          // dh·o
	VMOVAPS ONE, Z7
	VFNMADD231PS Z4, Z4, Z7    // 1 − tanh²
	VFMADD213PS (DX)(R15*1), Z6, Z7 // dcell
	VMULPS Z1, Z7, Z8
	VMOVUPS Z8, (DX)(R15*1)
	VMULPS Z4, Z5, Z5          // dh·tanh
	VMOVAPS Z3, Z9
	VFNMADD231PS Z3, Z3, Z9    // o − o²
	VMULPS Z9, Z5, Z5
	VMULPS Z0, Z7, Z10         // dcell·i
	VMOVAPS ONE, Z11
	VFNMADD231PS Z2, Z2, Z11   // 1 − g²
	VMULPS Z10, Z11, Z11
	VMULPS Z2, Z7, Z12         // dcell·g
	VMOVAPS Z0, Z13
	VFNMADD231PS Z0, Z0, Z13   // i − i²
	VMULPS Z13, Z12, Z12
	VMULPS (SI)(R15*1), Z7, Z14 // dcell·(the cell before)
	VMOVAPS Z1, Z15
	VFNMADD231PS Z1, Z1, Z15   // f − f²
	VMULPS Z15, Z14, Z14
	VMOVUPS Z12, (R12)
	VMOVUPS Z14, (R12)(R8*1)
	VMOVUPS Z11, (R12)(R8*2)
	VMOVUPS Z5, (R12)(R9*1)
	VADDPS Z12, Z16, Z16
	VADDPS Z14, Z17, Z17
	VADDPS Z11, Z18, Z18
	VADDPS Z5, Z19, Z19
	LEAQ (R12)(R8*4), R12
	ADDQ R8, R15
	DECQ CX
	JNZ  row

	VMOVUPS Z16, (R13)
	VMOVUPS Z17, (R13)(R8*1)
	VMOVUPS Z18, (R13)(R8*2)
	VMOVUPS Z19, (R13)(R9*1)
	ADDQ $64, DI
	ADDQ $64, SI
	ADDQ $64, BX
	ADDQ $64, AX
	ADDQ $64, DX
	ADDQ $64, R13
	SUBQ $64, R11
	JNZ  units
	VZEROUPPER
	RET

// func gruForward512(z, before, h *float32, ld, units, rows, further int)
TEXT ·gruForward512(SB), NOSPLIT, $0-56
	MOVQ z+0(FP), DI
	MOVQ before+8(FP), SI
	MOVQ h+16(FP), AX
	MOVQ ld+24(FP), R10
	MOVQ units+32(FP), R8
	MOVQ rows+40(FP), CX
	MOVQ further+48(FP), R14
	SHLQ $2, R10
	SHLQ $2, R8
	LEAQ (R8)(R8*2), R9
	MOVQ R14, R15
	IMULQ R8, R14
	IMULQ R10, R15
	NUMBERS

row:
	XORQ R11, R11

units:
	LEAQ (DI)(R14*4), R12
	LEAQ (AX)(R15*1), R13
	PREFETCHT0 (R12)
	PREFETCHT0 (R12)(R8*1)
	PREFETCHT0 (R12)(R8*2)
	PREFETCHT0 (R12)(R9*1)
	PREFETCHT0 (R13)(R11*1)
	VMOVUPS (DI)(R8*1), Z0
	VMOVUPS (DI)(R8*2), Z1
	SIGMOID(Z0, Z4, Z8)
	SIGMOID(Z1, Z5, Z9)
	VMOVUPS (DI), Z2
	VFMADD231PS (DI)(R9*1), Z1, Z2
	TANH(Z2, Z6, Z10)
	VMOVUPS Z2, (DI)
	VMOVUPS Z0, (DI)(R8*1)
	VMOVUPS Z1, (DI)(R8*2)
	VMOVUPS (SI)(R11*1), Z3
	VSUBPS Z2, Z3, Z3
	VFMADD213PS Z2, Z0, Z3
	VMOVUPS Z3, (AX)(R11*1)
	ADDQ $64, DI
	ADDQ $64, R11
	CMPQ R11, R8
	JLT  units

	ADDQ R9, DI
	ADDQ R10, SI
	ADDQ R10, AX
	DECQ CX
	JNZ  row
	VZEROUPPER
	RET

// func gruBackward512(z, before *float32, ld int, dh, dbefore, dbias *float32, units, rows, further int)
TEXT ·gruBackward512(SB), NOSPLIT, $0-72
	MOVQ z+0(FP), DI
	MOVQ before+8(FP), SI
	MOVQ ld+16(FP), DX
	MOVQ dh+24(FP), AX
	MOVQ dbefore+32(FP), BX
	MOVQ dbias+40(FP), R13
	MOVQ units+48(FP), R8
	MOVQ further+64(FP), R10
	SHLQ $2, DX
	SHLQ $2, R8
	LEAQ (R8)(R8*2), R9
	MOVQ R10, CX
	IMULQ R8, R10
	IMULQ DX, CX
	MOVQ CX, further+64(FP)
	VBROADCASTSS numbers<>+32(SB), ONE

units:
	MOVQ DI, R12
	MOVQ SI, R14
	XORQ R15, R15
	MOVQ rows+56(FP), CX
	VMOVUPS (R13), Z16
	VMOVUPS (R13)(R8*1), Z17
	VMOVUPS (R13)(R8*2), Z18
	VMOVUPS (R13)(R9*1), Z19

row:
	LEAQ (R12)(R10*4), R11
	PREFETCHT0 (R11)
	PREFETCHT0 (R11)(R8*1)
	PREFETCHT0 (R11)(R8*2)
	PREFETCHT0 (R11)(R9*1)
	MOVQ further+64(FP), R11
	PREFETCHT0 (R14)(R11*1)
	VMOVUPS (R12), Z0          // g
	VMOVUPS (R12)(R8*1), Z1    // z
	VMOVUPS (R12)(R8*2), Z2    // r
	VMOVUPS (R12)(R9*1), Z3    // what the state gives
	VMOVUPS (AX)(R15*1), Z4    // dh
	VSUBPS Z1, ONE, Z5         // 1 − z
	VMULPS Z5, Z4, Z6
	VMOVAPS ONE, Z7
	VFNMADD231PS Z0, Z0, Z7    // 1 − g²
	VMULPS Z7, Z6, Z6          // dg
	VMULPS Z1, Z4, Z8          // dh·z
	VMOVUPS (R14), Z9
	VSUBPS Z0, Z9, Z9          // state − g
	VMULPS Z5, Z8, Z10
	VMULPS Z9, Z10, Z10
	VMOVAPS Z2, Z11
	VFNMADD231PS Z2, Z2, Z11   // r − r²
	VMULPS Z3, Z6, Z12
	VMULPS Z11, Z12, Z12
	VMULPS Z2, Z6, Z13
	VMOVUPS Z6, (R12)
	VMOVUPS Z10, (R12)(R8*1)
	VMOVUPS Z12, (R12)(R8*2)
	VMOVUPS Z13, (R12)(R9*1)
	VMOVUPS Z8, (BX)(R15*1)
	VADDPS Z6, Z16, Z16
	VADDPS Z10, Z17, Z17
	VADDPS Z12, Z18, Z18
	VADDPS Z13, Z19, Z19
	LEAQ (R12)(R8*4), R12
	ADDQ DX, R14
	ADDQ R8, R15
	DECQ CX
	JNZ  row

	VMOVUPS Z16, (R13)
	VMOVUPS Z17, (R13)(R8*1)
	VMOVUPS Z18, (R13)(R8*2)
	VMOVUPS Z19, (R13)(R9*1)
	ADDQ $64, DI
	ADDQ $64, SI
	ADDQ $64, AX
	ADDQ $64, BX
	ADDQ $64, R13
	SUBQ $16, units+48(FP)
	JNZ  units
	VZEROUPPER
	RET
