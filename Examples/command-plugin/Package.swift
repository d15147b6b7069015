// swift-tools-version: 6.2

import Foundation
import PackageDescription

// `swift package kiln compile …` writes the package Digits, for which there must be a manifest before.
let hasDigits = FileManager.default.fileExists(atPath: "\(Context.packageDirectory)/Digits/Package.swift")

let package = Package(
  name: "Reader",
  dependencies: [.package(name: "Kiln", path: "../..")] + (hasDigits ? [.package(path: "Digits")] : []),
  targets: hasDigits ? [.executableTarget(name: "Reader", dependencies: ["Digits"])] : [])
