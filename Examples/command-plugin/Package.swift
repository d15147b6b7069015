// swift-tools-version: 6.2

import PackageDescription

let package = Package(
  name: "Reader",
  dependencies: [.package(path: "Networks/Digits")],
  targets: [.executableTarget(name: "Reader", dependencies: ["Digits"])])
