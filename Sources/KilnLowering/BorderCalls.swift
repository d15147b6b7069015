import KilnGraph
import KilnKernels

/// The calls that write a number around channels-last images, whose rows and pixels, border included, follow one another without a gap.
///
/// - Parameters:
///   - image: the first image's first pixel.
///   - shape: the images, `[N, H, W, C]`, without the border.
///   - strides: elements between images, rows, pixels and channels.
///   - border: the pixels around each image.
package func borderCalls(
  around image: Operand, _ shape: [Int], strides: [Int], _ border: Border, number: Int, of scalar: ScalarType
) -> [KernelCall] {
  if scalar.isReadAsFloat, number == 0 {
    return [KernelCall(ClearBorder(image, around: shape, strides: strides, border))]
  }
  let (left, right) = (border.left * strides[2], border.right * strides[2])
  let lastRow = (shape[1] - 1) * strides[1] + shape[2] * strides[2]
  // What lies before the first row's pixels, between each row's and the next's, and after the last's; around no rows, what is above
  // and below is one run.
  let runs =
    shape[1] == 0
    ? [(first: -border.top * strides[1] - left, count: (border.top + border.bottom) * strides[1], rows: 1)]
    : [
      (first: -border.top * strides[1] - left, count: border.top * strides[1] + left, rows: 1),
      (first: shape[2] * strides[2], count: right + left, rows: shape[1] - 1),
      (first: lastRow, count: right + border.bottom * strides[1], rows: 1),
    ]
  return runs.filter { $0.count > 0 && $0.rows > 0 }.map { run in
    var first = image
    first.offset += run.first
    let nest = LoopNest([shape[0], run.rows], [[strides[0], strides[1]]])
    return KernelCall(FillRuns(first, nest.axes, count: run.count, with: Double(number), of: scalar))
  }
}
