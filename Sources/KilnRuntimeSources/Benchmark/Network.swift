import NetworkModule

/// The network that this program runs.
typealias Network = NetworkModule
