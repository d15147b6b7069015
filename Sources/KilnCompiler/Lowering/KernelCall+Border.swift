import KilnGraph

extension KernelCall {
  /// The call that writes the zeros around a buffer's images, before anything else is written there.
  ///
  /// - Parameters:
  ///   - root: the value that fills the buffer, of shape `[N, H, W, C]`.
  ///   - border: the zeros.
  ///   - view: the root's view.
  static func clearBorder(of root: ValueID, _ border: Border, _ view: View) -> KernelCall {
    KernelCall(
      "clearBorder",
      [
        Argument(nil, .destination(root, offset: 0)),
        Argument("images", .integer(view.shape[0])), Argument("imageStride", .integer(view.imageStride)),
        Argument("height", .integer(view.shape[1])), Argument("rowStride", .integer(view.rowStride)),
        Argument("rowCount", .integer(view.shape[2] * view.pixelStride)),
        Argument("top", .integer(border.top)), Argument("left", .integer(border.left * view.pixelStride)),
        Argument("bottom", .integer(border.bottom)), Argument("right", .integer(border.right * view.pixelStride)),
      ], files: [.border])
  }
}
