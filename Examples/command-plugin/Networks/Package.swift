// swift-tools-version: 6.2

import PackageDescription

// Has the plugin of `swift package kiln`, and the packages that it writes.
let package = Package(name: "Networks", dependencies: [.package(name: "Kiln", path: "../../..")])
