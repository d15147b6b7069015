/// Extents of, or strides along, the axes around a kernel's innermost loops, outermost first.
///
/// The host merges axes; those that are left over have extent 1.
package typealias Axes = (Int, Int, Int, Int)

/// Elements between neighbours of a tensor of images: images, channels, and three spatial axes, outermost first.
package typealias VolumeStrides = (Int, Int, Int, Int, Int)

/// Extents of, or strides along, the axes that a tuple of indices names, the first ones; the rest is not looked at.
package typealias TupleAxes = (Int, Int, Int, Int, Int, Int, Int, Int)
