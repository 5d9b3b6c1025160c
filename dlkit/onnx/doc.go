// Package onnx writes models of package dlkit as ONNX files, which ONNX Runtime,
// the browsers' runtimes and Netron open.
//
//	err := onnx.ExportFile("digits.onnx", model)
//
// In Python:
//
//	import onnxruntime
//	session = onnxruntime.InferenceSession("digits.onnx")
//	[probabilities] = session.run(None, {"input_1": pictures})
//
// # What is in a file
//
// The inputs are called input_1, input_2 …, and take a batch of any size in
// dlkit's shapes: pictures are (batch, height, width, channels), of 32-bit floats;
// words are 64-bit whole numbers. The outputs are called as the layers that make
// them. In between, pictures are (batch, channels, height, width), as ONNX wants
// them, and are turned round only where they come in, are flattened, or go out.
//
// The model is exported as it predicts: Dropout and the layers that change
// pictures at random in training leave no trace, and BatchNormalization uses its
// running averages. Names of classes are kept in the file's metadata as a JSON
// list under "classes".
//
// The files are of ONNX 1.12 (operator set 17, IR version 8), of 2022.
//
// # What can be exported
//
// Every layer of package dlkit. A layer of your own is an error that names it:
// export the part of the model before it, or write the model with layers of
// dlkit. A file can hold at most 2 GB.
package onnx
