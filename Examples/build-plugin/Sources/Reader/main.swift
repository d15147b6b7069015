// `Digits` is made of digits.onnx.

let picture = """
  ........
  .######.
  .....##.
  ....##..
  ..####..
  ...##...
  ..##....
  ..##....
  """
// 8 x 8 pixels, each from 0 (paper) to 1 (ink).
let image = picture.filter { !$0.isWhitespace }.map { $0 == "#" ? Float(1) : 0 }

var network = Digits.Network()
let probabilities = network.predict(image)
print("This is a \(probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0).")
