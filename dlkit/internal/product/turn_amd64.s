//go:build goexperiment.simd

#include "textflag.h"

// QUAD makes of four rows of 16 four others: of these, number i has in its fourth
// k the numbers at place 4k+i of all four rows.
#define QUAD(A, B, C, D) \
	VUNPCKLPS B, A, Z16   \
	VUNPCKHPS B, A, Z17   \
	VUNPCKLPS D, C, Z18   \
	VUNPCKHPS D, C, Z19   \
	VUNPCKLPD Z18, Z16, A \
	VUNPCKHPD Z18, Z16, B \
	VUNPCKLPD Z19, Z17, C \
	VUNPCKHPD Z19, Z17, D

// FOURTHS turns the fourths of what four QUADs made at the same place, and writes
// four rows that lie four rows apart.
#define FOURTHS(A, B, C, D) \
	VSHUFF32X4 $0x44, B, A, Z16     \
	VSHUFF32X4 $0xEE, B, A, Z17     \
	VSHUFF32X4 $0x44, D, C, Z18     \
	VSHUFF32X4 $0xEE, D, C, Z19     \
	VSHUFF32X4 $0x88, Z18, Z16, Z20 \
	VSHUFF32X4 $0xDD, Z18, Z16, Z21 \
	VSHUFF32X4 $0x88, Z19, Z17, Z22 \
	VSHUFF32X4 $0xDD, Z19, Z17, Z23 \
	VMOVUPS Z20, (DI)               \
	VMOVUPS Z21, (DI)(R10*1)        \
	VMOVUPS Z22, (DI)(R10*2)        \
	VMOVUPS Z23, (DI)(R11*1)        \
	ADDQ R8, DI

#define LOAD(A, B, C, D) \
	VMOVUPS (SI), A        \
	VMOVUPS (SI)(R9*1), B  \
	VMOVUPS (SI)(R9*2), C  \
	VMOVUPS (SI)(R12*1), D \
	LEAQ (SI)(R9*4), SI

// func turn16x16(dst *float32, ldd int, src *float32, lds int)
TEXT ·turn16x16(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ ldd+8(FP), R8
	MOVQ src+16(FP), SI
	MOVQ lds+24(FP), R9
	SHLQ $2, R8
	SHLQ $2, R9
	LEAQ (R9)(R9*2), R12
	MOVQ R8, R10
	SHLQ $2, R10
	LEAQ (R10)(R10*2), R11
	LOAD(Z0, Z1, Z2, Z3)
	LOAD(Z4, Z5, Z6, Z7)
	LOAD(Z8, Z9, Z10, Z11)
	LOAD(Z12, Z13, Z14, Z15)
	QUAD(Z0, Z1, Z2, Z3)
	QUAD(Z4, Z5, Z6, Z7)
	QUAD(Z8, Z9, Z10, Z11)
	QUAD(Z12, Z13, Z14, Z15)
	FOURTHS(Z0, Z4, Z8, Z12)
	FOURTHS(Z1, Z5, Z9, Z13)
	FOURTHS(Z2, Z6, Z10, Z14)
	FOURTHS(Z3, Z7, Z11, Z15)
	VZEROUPPER
	RET
