// What all tiles begin and go on with.

// Strides come as numbers of float32 and are used as bytes. What the sums begin
// with is read from AX, R13 and with BX, before C2 puts the place of the third
// row of c in R13.
#define ARGUMENTS \
	MOVQ c+0(FP), DI         \
	MOVQ ldc+8(FP), R8       \
	MOVQ start+16(FP), AX    \
	MOVQ ldstart+24(FP), BX  \
	MOVQ a+32(FP), SI        \
	MOVQ ar+40(FP), R9       \
	MOVQ ak+48(FP), R10      \
	MOVQ b+56(FP), DX        \
	MOVQ ldb+64(FP), R11     \
	MOVQ k+72(FP), CX        \
	SHLQ $2, R8              \
	SHLQ $2, BX              \
	SHLQ $2, R9              \
	SHLQ $2, R10             \
	SHLQ $2, R11             \
	LEAQ (R9)(R9*2), R12     \
	LEAQ (AX)(BX*2), R13

#define C2 LEAQ (DI)(R8*2), R13

#define NEXT(loop) \
	ADDQ R10, SI \
	ADDQ R11, DX \
	DECQ CX      \
	JNZ  loop
