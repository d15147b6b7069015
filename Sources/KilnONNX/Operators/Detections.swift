import KilnGraph

/// Operators of detectors' heads.
///
/// Where the length of a result depends on the data, it has room for as many rows as the user says.
enum DetectionOperators {
  /// The operators.
  static let all: [OperatorImporter] = [compress, nonMaxSuppression, nonZero, regions]

  /// NonMaxSuppression: no box without the operand that says how many of a class.
  static let nonMaxSuppression = OperatorImporter(
    "NonMaxSuppression", since: [10], attributes: [.int("center_point_box")], limits: [capacityLimit],
    examples: [
      NodeExample([
        .computed([1, 6, 4]), .computed([1, 2, 6]), .constant([], 3, .int64), .constant([], 0.5, .float32),
        .constant([], 0.1, .float32),
      ])
    ]
  ) { context throws(ImportFailure) in
    let operands = [try context.input(SuppressionOperand.boxes), try context.input(SuppressionOperand.scores)]
    let (boxes, scores) = (context.shape(operands[0]), context.shape(operands[1]))
    guard boxes.count == 3, scores.count == 3 else { throw .malformed("its boxes or scores have not 3 axes") }
    let limits = (SuppressionOperand.mostPerClass...SuppressionOperand.scoreThreshold).map(context.optionalInput)
    if let tensor = context.constant(limits[1]) {
      let overlap = try context.scalar(tensor, "overlap threshold")
      guard (0...1).contains(overlap) else { throw .malformed("its overlap threshold \(overlap) is not from 0 to 1") }
    }
    // More boxes than there are can't be picked, however many a file allows.
    var most = boxes[1]
    if let limit = limits[0] {
      if let known = context.constant(limit) {
        guard known.scalar == .int64, known.elementCount == 1 else { throw .malformed("its limit is \(known.type)") }
        most = min(most, max(known.integers()[0], 0))
      }
    } else {
      most = 0
    }
    let bound = [scores[0], scores[1], most].reduce(1) { product, extent in
      let (result, overflow) = product.multipliedReportingOverflow(by: extent)
      return overflow ? .max : result
    }
    try context.requireTensors(limits)
    let isCentered = try context.node.attributes.flag("center_point_box")
    let room = try context.room(atMost: bound)
    let operation = NonMaxSuppression(capacity: room.capacity, isCentered: isCentered)
    return [try context.emitCounted(operation, operands + limits, axis: 0, room: room)]
  }

  /// NonZero: a constant's are known.
  static let nonZero = OperatorImporter(
    "NonZero", since: [9], limits: [capacityLimit], examples: [NodeExample([.computed([2, 6])])]
  ) { context throws(ImportFailure) in
    let x = try context.input(0)
    return [try places(&context, x)]
  }

  /// Compress: what lies at those places of an axis, or of all elements.
  static let compress = OperatorImporter(
    "Compress", since: [9], attributes: [.int("axis")], limits: [capacityLimit],
    examples: [NodeExample([.computed([6, 2]), .computed([6], .bool)], [.int("axis", 0)])]
  ) { context throws(ImportFailure) in
    var x = try context.input(0)
    var condition = try context.input(1)
    var axis = 0
    if let given = try context.node.attributes.int("axis") {
      axis = try context.normalized(given, rank: context.shape(x).count)
    } else {
      x = try context.reshape(x, to: [context.shape(x).elementCount], role: "flat")
    }
    let (extent, length) = (context.shape(x)[axis], context.shape(condition))
    guard length.count == 1, length[0] <= extent, context.type(condition).scalar == .bool else {
      throw .malformed("its condition \(context.type(condition)) does not fit \(extent) elements")
    }
    // Rows that are not real are not picked.
    if let rows = context.countedRows[x], rows.axis == axis, context.countedRows[condition] == nil {
      let mask = try context.isReal(CountedRows(axis: 0, count: rows.count), in: length)
      condition = try context.emit(Binary(.and), [condition, mask], role: "real")
    }
    let found = try places(&context, condition, role: "places")
    let indices = try context.reshape(found, to: [context.shape(found)[1]], role: "indices")
    return [try context.emit(Gather(axis: axis), [x, indices])]
  }

  private static let capacityLimit = "--capacity says how many rows the result may have"

  /// A row of places for each axis.
  private static func places(
    _ context: inout ImportContext, _ x: ValueID, role: String? = nil
  ) throws(ImportFailure) -> ValueID {
    let shape = context.shape(x).isEmpty ? [1] : context.shape(x)
    let whole = try context.reshape(x, to: shape, role: "whole")
    let isTrue = context.type(x).scalar == .bool ? whole : try context.emit(Cast(to: .bool), [whole], role: "isTrue")
    if let known = context.constant(isTrue) {
      let count = known.integers().count { $0 != 0 }
      return try context.emitAll(NonZero(capacity: count), [isTrue], role: role)[0]
    }
    let room = try context.room(atMost: shape.elementCount)
    return try context.emitCounted(NonZero(capacity: room.capacity), [isTrue], axis: 1, room: room, role: role)
  }

  /// RoiAlign: before version 16, pixels have their centres at whole numbers.
  static let regions = OperatorImporter(
    "RoiAlign", since: [16, 10],
    attributes: [
      .word("mode", Mode.self), .word("coordinate_transformation_mode", CoordinateMode.self), .int("output_height"),
      .int("output_width"), .int("sampling_ratio"), .float("spatial_scale"),
    ],
    examples: [
      NodeExample(
        [.computed([2, 4, 6, 6]), .computed([2, 4]), .computed([2], .int64)],
        [.int("output_height", 2), .int("output_width", 2)])
    ]
  ) { context throws(ImportFailure) in
    let attributes = context.node.attributes
    let isSince16 = context.node.isSince(16)
    let x = try context.input(0)
    guard context.shape(x).count == 4 else { throw .malformed("its input \(context.shape(x)) has not 4 axes") }
    let mode = try attributes.word("mode", default: Mode.average)
    let coordinates = try attributes.word("coordinate_transformation_mode", default: CoordinateMode.half)
    let operation = RoiAlign(
      mode: mode == .average ? .average : .maximum, outputHeight: try attributes.int("output_height", default: 1),
      outputWidth: try attributes.int("output_width", default: 1),
      samplingRatio: try attributes.int("sampling_ratio", default: 0),
      spatialScale: Float(try attributes.float("spatial_scale", default: 1)),
      isHalfPixel: isSince16 && coordinates == .half)
    guard (1...1 << 16).contains(operation.outputHeight), (1...1 << 16).contains(operation.outputWidth),
      (0...1 << 10).contains(operation.samplingRatio)
    else { throw .malformed("its cells \(operation.details) or samples are out of range") }
    let pixels = try context.emit(Transpose([0, 2, 3, 1]), [x], role: "pixels")
    let cells = try context.emit(operation, [pixels, try context.input(1), try context.input(2)], role: "cells")
    return [try context.emit(Transpose([0, 3, 1, 2]), [cells])]
  }

  /// What a cell is of its samples.
  private enum Mode: String, AttributeWord {
    case average = "avg"
    case maximum = "max"
  }

  /// Where the first pixel's centre is.
  private enum CoordinateMode: String, AttributeWord {
    case half = "half_pixel"
    case whole = "output_half_pixel"
  }
}
