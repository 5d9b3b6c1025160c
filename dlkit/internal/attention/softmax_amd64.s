//go:build goexperiment.simd

#include "textflag.h"

// The constants of exp, see softmax_simd.go, of which every row of registers below
// gets one.
DATA constants<>+0(SB)/4, $0xc2ae0000 // lowest
DATA constants<>+4(SB)/4, $0x3fb8aa3b // log2e
DATA constants<>+8(SB)/4, $0x4b400000 // shift
DATA constants<>+12(SB)/4, $0xbf318000 // high
DATA constants<>+16(SB)/4, $0x395e8083 // low
DATA constants<>+20(SB)/4, $0x39506967 // p0
DATA constants<>+24(SB)/4, $0x3ab743ce // p1
DATA constants<>+28(SB)/4, $0x3c088908 // p2
DATA constants<>+32(SB)/4, $0x3d2aa9c1 // p3
DATA constants<>+36(SB)/4, $0x3e2aaaaa // p4
DATA constants<>+40(SB)/4, $0x3f000000 // p5
DATA constants<>+44(SB)/4, $0x3f800000 // one
GLOBL constants<>(SB), RODATA|NOPTR, $48

#define CONSTANTS \
	VBROADCASTSS constants<>+0(SB), Z16   \
	VBROADCASTSS constants<>+4(SB), Z17   \
	VBROADCASTSS constants<>+8(SB), Z18   \
	VBROADCASTSS constants<>+12(SB), Z19  \
	VBROADCASTSS constants<>+16(SB), Z20  \
	VBROADCASTSS constants<>+20(SB), Z21  \
	VBROADCASTSS constants<>+24(SB), Z22  \
	VBROADCASTSS constants<>+28(SB), Z23  \
	VBROADCASTSS constants<>+32(SB), Z24  \
	VBROADCASTSS constants<>+36(SB), Z25  \
	VBROADCASTSS constants<>+40(SB), Z26  \
	VBROADCASTSS constants<>+44(SB), Z27

// EXP makes of x in Z0 e to its power in Z3, and K1 tells where that is not 0.
#define EXP \
	VCMPPS $13, Z16, Z0, K1  \
	VMAXPS Z16, Z0, Z0       \
	VMOVAPS Z18, Z1          \
	VFMADD231PS Z17, Z0, Z1  \
	VSUBPS Z18, Z1, Z2       \
	VFMADD231PS Z19, Z2, Z0  \
	VFMADD231PS Z20, Z2, Z0  \
	VMOVAPS Z21, Z3          \
	VFMADD213PS Z22, Z0, Z3  \
	VFMADD213PS Z23, Z0, Z3  \
	VFMADD213PS Z24, Z0, Z3  \
	VFMADD213PS Z25, Z0, Z3  \
	VFMADD213PS Z26, Z0, Z3  \
	VMULPS Z0, Z0, Z2        \
	VFMADD213PS Z0, Z2, Z3   \
	VADDPS Z27, Z3, Z3       \
	VPSLLD $23, Z1, Z1       \
	VPADDD Z1, Z3, Z3

// HALVES combines the numbers of Z0 to one in X0.
#define HALVES(OP) \
	VEXTRACTF64X4 $1, Z0, Y1 \
	OP Y1, Y0, Y0            \
	VEXTRACTF128 $1, Y0, X1  \
	OP X1, X0, X0            \
	VPERMILPS $0x4E, X0, X1  \
	OP X1, X0, X0            \
	VPERMILPS $0xB1, X0, X1  \
	OP X1, X0, X0

// func softmax512(s *float32, vectors int, scale float32) (top, sum float32)
TEXT ·softmax512(SB), NOSPLIT, $0-32
	MOVQ s+0(FP), SI
	MOVQ vectors+8(FP), CX
	VBROADCASTSS scale+16(FP), Z28
	CONSTANTS
	MOVQ SI, DI
	MOVQ CX, DX
	VMOVUPS (DI), Z0

most:
	VMAXPS (DI), Z0, Z0
	ADDQ $64, DI
	DECQ DX
	JNZ  most

	HALVES(VMAXPS)
	VMOVSS X0, top+24(FP)
	VBROADCASTSS X0, Z0
	VPXORD Z29, Z29, Z29
	VFNMADD231PS Z0, Z28, Z29
	VPXORD Z30, Z30, Z30

next:
	VMOVUPS (SI), Z0
	VFMADD213PS Z29, Z28, Z0
	EXP
	VMOVAPS.Z Z3, K1, Z3
	VMOVUPS Z3, (SI)
	VADDPS Z3, Z30, Z30
	ADDQ $64, SI
	DECQ CX
	JNZ  next

	VMOVAPS Z30, Z0
	HALVES(VADDPS)
	VMOVSS X0, sum+28(FP)
	VZEROUPPER
	RET

// func weightsAgain512(s, dp *float32, vectors int, scale, level, share, mean float32)
TEXT ·weightsAgain512(SB), NOSPLIT, $0-40
	MOVQ s+0(FP), SI
	MOVQ dp+8(FP), DI
	MOVQ vectors+16(FP), CX
	VBROADCASTSS scale+24(FP), Z28
	VBROADCASTSS level+28(FP), Z29
	VBROADCASTSS share+32(FP), Z30
	VBROADCASTSS mean+36(FP), Z31
	CONSTANTS

next:
	VMOVUPS (SI), Z0
	VFMSUB213PS Z29, Z28, Z0
	EXP
	VMULPS.Z Z30, Z3, K1, Z3
	VMOVUPS Z3, (SI)
	VMOVUPS (DI), Z1
	VSUBPS Z31, Z1, Z1
	VMULPS Z28, Z3, Z3
	VMULPS Z1, Z3, Z3
	VMOVUPS Z3, (DI)
	ADDQ $64, SI
	ADDQ $64, DI
	DECQ CX
	JNZ  next

	VZEROUPPER
	RET
