import KilnKernels
import KilnMachine

/// How the convolutions of a network are computed on one machine: what `kiln tune` found, or what people write.
///
/// Its text is JSON, a line per convolution:
///
///     {
///       "kilnSchedule": 1,
///       "target": {"name": "host", "instructionSet": "avx512", "vectorWidth": 16, "vectorRegisterCount": 32,
///         "cacheByteCounts": [32768, 1048576]},
///       "layers": [
///         {"layer": "conv1", "shape": "1x1 64->64 at 1x1x3136 ReLU", "algorithm": "direct",
///           "tiles": [{"pixels": 6, "channels": 64, "blocks": 1, "stages": 1}], "region": {"rows": 1, "columns": 3136}},
///         {"layer": "conv2", "shape": "3x3 64->64 at 1x56x56 ReLU", "algorithm": "winograd4",
///           "tiles": [{"pixels": 6, "channels": 64}], "blockTiles": 66}
///       ]
///     }
///
/// Winograd's `blockChannels` are the tile's `channels` where a row leaves them out. A direct convolution's row may also say
/// how threads share it, `"sharing": "rows"` or `"channels"`, and the last of several layers that are computed together in
/// strips how many rows those have, `"stripRows": 4`; the cost model chooses otherwise.
///
/// A layer that isn't there is computed as the cost model chooses, and so is whatever a row leaves out after its
/// algorithm. A schedule that says algorithms only needs no target: they give the same bits on every machine.
package struct Schedule: Hashable, Sendable {
  /// What of a machine tiles and regions depend on.
  package struct Machine: Hashable, Sendable {
    /// The target's name.
    package var name: String
    package var instructionSet: InstructionSet
    /// Floats a vector holds.
    package var vectorWidth: Int
    /// Vector registers.
    package var vectorRegisterCount: Int
    /// Bytes of the first and the second cache that holds data, as far as they are known.
    package var cacheByteCounts: [Int]
  }

  /// A convolution.
  package struct Row: Hashable, Sendable {
    /// Where it stands.
    package var position: SchedulePosition
    /// The convolution's name.
    package var layer: String
    /// What the convolution must compute; `nil` for anything.
    package var shape: String?
    /// The algorithm.
    package var algorithm: ConvolutionAlgorithm
    /// The tiles, the region, the block; `nil` where the cost model chooses.
    package var choice: ConvolutionChoice?
  }

  /// What the schedule is called in errors: its file.
  package var origin: String
  /// The machine; `nil` where no row depends on it.
  package var machine: Machine?
  /// The convolutions.
  package var rows: [Row]

  /// The algorithms alone, which hold on every machine.
  package var algorithms: Schedule {
    var schedule = self
    schedule.machine = nil
    for index in rows.indices { schedule.rows[index].choice = nil }
    return schedule
  }

  /// The algorithms that it chooses, by the convolution's name.
  var algorithmsByName: [String: ConvolutionAlgorithm] {
    Dictionary(rows.map { ($0.layer, $0.algorithm) }, uniquingKeysWith: { $1 })
  }

  /// The rows that it gives the strips of layers that are computed together, by the last layer's name.
  package var stripRows: [String: Int] {
    let rows = rows.compactMap { row -> (String, Int)? in
      guard case .direct(let schedule) = row.choice?.kind, let count = schedule.stripRows else { return nil }
      return (row.layer, count)
    }
    return Dictionary(rows, uniquingKeysWith: { $1 })
  }

  /// The schedule that computes convolutions as they are computed, but for those that `choices` names.
  package init(
    _ target: Target, _ convolutions: [PlannedConvolution], choosing choices: [String: ConvolutionChoice] = [:]
  ) {
    origin = "the schedule"
    machine = Machine(target)
    var names: Set<String> = []
    rows = convolutions.compactMap { convolution in
      let site = convolution.site
      // Convolutions of one name have one row.
      guard names.insert(site.name).inserted else { return nil }
      let choice = choices[site.name] ?? convolution.choice
      return Row(
        position: SchedulePosition(line: 0, column: 0), layer: site.name, shape: site.shape,
        algorithm: choice.algorithm, choice: choice)
    }
  }

  package init(origin: String, machine: Machine?, rows: [Row]) {
    self.origin = origin
    self.machine = machine
    self.rows = rows
  }
}

extension Schedule.Machine {
  /// The machine of a target.
  package init(_ target: Target) {
    self.init(
      name: target.name, instructionSet: target.instructionSet, vectorWidth: target.vectorWidth,
      vectorRegisterCount: target.vectorRegisterCount, cacheByteCounts: Array(target.cacheByteCounts.prefix(2)))
  }

  /// In one line.
  package var summary: String {
    let caches = cacheByteCounts.map { "\($0 >> 10) KiB" }.joined(separator: " and ")
    let vectors = "\(vectorRegisterCount) vectors of \(vectorWidth)"
    return "'\(name.inComment)' (\(instructionSet.rawValue), \(vectors), \(caches))"
  }
}
