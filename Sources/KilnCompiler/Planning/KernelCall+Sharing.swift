import KilnGraph

/// How calls of kernels that walk over strided operands are shared out: along one of the axes around their runs, or
/// along the runs. The operators with geometry of their own, such as convolutions, do it themselves.
extension KernelCall {
  /// The same work as one call a worker; the call alone when it is too little, or can't be divided.
  func shared(_ sharing: WorkSharing) -> [KernelCall] {
    let workers = sharing.workers(elements: elementCount)
    if workers == 1 { return [self] }
    var best: (share: Double, cut: Cut, extent: Int)?
    for (cut, extent) in cuts where extent > 1 {
      let share = WorkSharing.largest(extent, unit: cut.unit, among: workers)
      if share < best?.share ?? 1 { best = (share, cut, extent) }
    }
    guard let best else { return [self] }
    return WorkSharing.ranges(best.extent, unit: best.cut.unit, among: workers).enumerated().map { worker, range in
      var call = slice(best.cut, range, of: best.extent)
      call.worker = worker
      return call
    }
  }

  /// Where a call may be divided.
  private enum Cut {
    /// Along an axis of `shape`.
    case axis(Int)
    /// Along the runs, whose length is the argument of that label.
    case run(String)
    /// Between the rows of an image with a border.
    case borderRows

    /// Neighbouring steps that are not divided: a cache line of floats.
    var unit: Int {
      switch self {
      case .axis, .borderRows: 1
      case .run: 16
      }
    }
  }

  /// The kernels that may be divided, with the labels of their runs' lengths where the elements of a run don't depend on
  /// each other.
  private static let runs: [String: [String]] = [
    "mapElements": ["count"], "combineElements": ["count"], "copyRuns": ["count"], "copySteps": ["count"],
    "copyTransposed": ["rows", "columns"], "fillRuns": ["count"], "gatherRuns": ["count"],
    "reduceChannels": ["count"], "softmaxChannels": ["count"], "scaleChannels": [], "softmaxRows": [],
    "reduceRows": [], "multiplyMatrices": [],
  ]

  private var cuts: [(Cut, extent: Int)] {
    if function == "clearBorder" { return [(.borderRows, number("height") ?? 1)] }
    guard let runs = Self.runs[function] else { return [] }
    let axes = (shape ?? []).enumerated().map { (Cut.axis($0), $1) }
    return axes + runs.compactMap { label in number(label).map { (.run(label), $0) } }
  }

  /// Elements that are read or written, roughly.
  private var elementCount: Int {
    if function == "clearBorder" {
      let columns = (number("left") ?? 0) + (number("right") ?? 0)
      let rows = (number("top") ?? 0) + (number("bottom") ?? 0)
      return (number("images") ?? 1) * ((number("height") ?? 0) * columns + rows * (number("rowStride") ?? 0))
    }
    var count = (shape ?? []).reduce(1, *)
    for label in ["count", "rows", "columns", "steps", "indexCount", "depth"] { count *= number(label) ?? 1 }
    if case .axes(let over)? = argument("over") { count *= over.reduce(1, *) }
    return count
  }

  /// The call's part of the work in a range of steps along a cut.
  private func slice(_ cut: Cut, _ range: Range<Int>, of extent: Int) -> KernelCall {
    var call = self
    switch cut {
    case .axis(let axis):
      guard var shape else { return self }
      shape[axis] = range.count
      call.set("shape", .axes(shape))
      call.movePointers { strides, _, _ in strides.map { range.lowerBound * $0[axis] } ?? 0 }
    case .run(let label):
      call.set(label, .integer(range.count))
      let isSimple = shape == nil
      call.movePointers { strides, labels, isSource in
        guard strides != nil || isSimple else { return 0 }
        // A transposition's source is contiguous by rows, its destination by columns.
        if label == "rows" { return range.lowerBound * (isSource ? 1 : labels["stride"] ?? 1) }
        if label == "columns" { return range.lowerBound * (isSource ? labels["stride"] ?? 1 : 1) }
        return range.lowerBound * (labels["step"] ?? 1)
      }
    case .borderRows:
      call.set("height", .integer(range.count))
      if range.lowerBound > 0 { call.set("top", .integer(0)) }
      if range.upperBound < extent { call.set("bottom", .integer(0)) }
      let rowStride = number("rowStride") ?? 0
      call.movePointers { _, _, _ in range.lowerBound * rowStride }
    }
    return call
  }

  private var shape: [Int]? { if case .axes(let shape)? = argument("shape") { shape } else { nil } }

  private func argument(_ label: String) -> Value? { arguments.first { $0.label == label }?.value }

  private func number(_ label: String) -> Int? { if case .integer(let n)? = argument(label) { n } else { nil } }

  private mutating func set(_ label: String, _ value: Value) {
    guard let index = arguments.firstIndex(where: { $0.label == label }) else { return }
    arguments[index].value = value
  }

  /// Moves each pointer by what `distance` says, given the strides that follow it, the numbers behind those by their
  /// labels, and whether it is read.
  private mutating func movePointers(by distance: (_ strides: [Int]?, _ labels: [String: Int], _ isSource: Bool) -> Int)
  {
    for index in arguments.indices {
      var next = index + 1
      var strides: [Int]?
      if next < arguments.count, arguments[next].label == nil, case .axes(let numbers) = arguments[next].value {
        strides = numbers
        next += 1
      }
      var labels: [String: Int] = [:]
      while next < arguments.count, let label = arguments[next].label, case .integer(let number) = arguments[next].value
      {
        labels[label] = labels[label] ?? number
        next += 1
      }
      switch arguments[index].value {
      case .source(let value, let offset, let moves):
        arguments[index].value = .source(value, offset: offset + distance(strides, labels, true), moves: moves)
      case .destination(let value, let offset, let moves):
        arguments[index].value = .destination(value, offset: offset + distance(strides, labels, false), moves: moves)
      case .table(let table, let offset):
        arguments[index].value = .table(table, offset: offset + distance(strides, labels, true))
      case .workspace, .axes, .integer, .float, .code: break
      }
    }
  }
}
