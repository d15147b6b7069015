// SwiftPM takes folders for targets that have a source file. The others are made of digits.onnx.
