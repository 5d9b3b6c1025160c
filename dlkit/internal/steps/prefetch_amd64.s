#include "textflag.h"

// func prefetch(first *float32, size int)
TEXT ·prefetch(SB), NOSPLIT, $0-16
	MOVQ first+0(FP), SI
	MOVQ size+8(FP), CX
	LEAQ -4(SI)(CX*4), DX // the last number
	ANDQ $~63, SI

line:
	PREFETCHT0 (SI)
	ADDQ $64, SI
	CMPQ SI, DX
	JLS  line
	RET
