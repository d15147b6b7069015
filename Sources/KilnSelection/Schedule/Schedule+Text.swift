extension Schedule {
  /// The schedule as its file has it: the same schedule gives the same bytes.
  package var text: String {
    let lines = rows.map { "    {\($0.fields.joined(separator: ", "))}" }
    let machine = machine.map { "  \"target\": {\($0.fields.joined(separator: ", "))},\n" } ?? ""
    return "{\n  \"kilnSchedule\": 1,\n\(machine)  \"layers\": [\n\(lines.joined(separator: ",\n"))\n  ]\n}\n"
  }
}

extension Schedule.Machine {
  fileprivate var fields: [String] {
    [
      "\"name\": \(name.inJSON)", "\"instructionSet\": \"\(instructionSet.rawValue)\"",
      "\"vectorWidth\": \(vectorWidth)", "\"vectorRegisterCount\": \(vectorRegisterCount)",
      "\"cacheByteCounts\": \(cacheByteCounts)",
    ]
  }
}

extension Schedule.Row {
  fileprivate var fields: [String] {
    ["\"layer\": \(layer.inJSON)"] + (shape.map { ["\"shape\": \($0.inJSON)"] } ?? [])
      + ["\"algorithm\": \"\(algorithm.rawValue)\""] + (choice.map(Self.fields) ?? [])
  }

  private static func fields(_ choice: ConvolutionChoice) -> [String] {
    switch choice.kind {
    case .direct(let schedule):
      let tiles = schedule.parts.map { part in
        "{\"pixels\": \(part.pixels), \"channels\": \(part.channels), \"blocks\": \(part.blocks)"
          + "\(part.stages == 1 ? "" : ", \"stages\": \(part.stages)")}"
      }
      return [
        "\"tiles\": [\(tiles.joined(separator: ", "))]",
        "\"region\": {\"rows\": \(schedule.regionRows), \"columns\": \(schedule.regionColumns)}",
      ] + (schedule.sharing.map { ["\"sharing\": \"\($0.rawValue)\""] } ?? [])
        + (schedule.stripRows.map { ["\"stripRows\": \($0)"] } ?? [])
    case .winograd(_, let schedule):
      return [
        "\"tiles\": [{\"pixels\": \(schedule.pixels), \"channels\": \(schedule.channels)}]",
        "\"blockTiles\": \(schedule.blockTiles)",
      ] + (schedule.blockChannels == schedule.channels ? [] : ["\"blockChannels\": \(schedule.blockChannels)"])
    }
  }
}

extension ConvolutionChoice: CustomStringConvertible {
  /// In a few words: `direct 6x64`, `winograd4 6x64, 66 tiles at once`.
  package var description: String {
    switch kind {
    case .direct(let schedule):
      let tiles = schedule.parts.map { part in
        "\(part.pixels)x\(part.channels)\(part.stages == 1 ? "" : " in \(part.stages) stages")"
      }
      return "direct \(tiles.joined(separator: " + ")), regions of \(schedule.regionRows)x\(schedule.regionColumns)"
        + (schedule.sharing.map { ", shared by \($0.rawValue)" } ?? "")
        + (schedule.stripRows.map { ", strips of \($0) rows" } ?? "")
    case .winograd(_, let schedule):
      let channels = schedule.blockChannels == schedule.channels ? "" : " with \(schedule.blockChannels) channels"
      return
        "\(algorithm.rawValue) \(schedule.pixels)x\(schedule.channels), \(schedule.blockTiles) tiles\(channels) at once"
    }
  }
}

extension String {
  /// This string in JSON's quotes.
  fileprivate var inJSON: String {
    let scalars = unicodeScalars.map { scalar in
      switch scalar {
      case "\"": "\\\""
      case "\\": "\\\\"
      default:
        scalar.value < 0x20 || 0x7F...0x9F ~= scalar.value
          ? "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16) : String(scalar)
      }
    }
    return "\"\(scalars.joined())\""
  }
}
