import KilnGraph

/// Files that hold an input of a network: arrays of NumPy's, and pictures.
package enum InputFile {
  /// Reads an input.
  ///
  /// - Parameter pictures: how pictures become inputs, but for those that take pixels as they are.
  /// - Throws: `FileError` for files that can't be read or don't fit, `ToolError` where pictures need a program that isn't there,
  ///   `Interruption`.
  package static func tensor(
    _ path: String, for port: NetworkInterface.Port, pictures: PictureInput
  ) throws -> Tensor {
    if PictureFile.isNamed(path) {
      let picture = try PictureFile.read(path)
      let pixels = port.pixelOrder.map {
        PictureInput(resize: pictures.resize, pixels: PixelFormat($0), isChannelsLast: true)
      }
      do throws(PictureInputError) {
        return try (pixels ?? pictures).tensor(picture, as: port.type)
      } catch {
        throw FileError(.malformed, "\(path): input '\(port.name)' \(error.description)")
      }
    }
    let tensor = try Npy.read(path)
    guard tensor.type == port.type else {
      throw FileError(.malformed, "\(path): this is \(tensor.type), input '\(port.name)' is \(port.type)")
    }
    return tensor
  }

  /// The endings of the names of such files, without the point.
  static let extensions = ["npy"] + PictureFile.extensions
}
