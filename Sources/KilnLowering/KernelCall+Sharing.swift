import KilnKernels

extension KernelCall {
  /// The same work as one call for each worker, divided along the axis that divides it best; the call alone when it is too
  /// little, or can't be divided.
  package func shared(_ sharing: WorkSharing) -> [KernelCall] {
    let workers = sharing.workers(elements: kernel.elementCount)
    if workers == 1 { return [self] }
    let axes = kernel.axes
    var best: (share: Double, axis: Int)?
    for (index, axis) in axes.enumerated() where axis.isDivisible && axis.extent > 1 {
      let share = WorkSharing.largest(axis.extent, unit: axis.unit, among: workers)
      if share < best?.share ?? 1 { best = (share, index) }
    }
    guard let axis = best?.axis else { return [self] }
    return WorkSharing.ranges(axes[axis].extent, unit: axes[axis].unit, among: workers).enumerated().map {
      worker, range in
      var call = self
      call.kernel.restrict(axis, to: range)
      call.worker = worker
      return call
    }
  }
}
