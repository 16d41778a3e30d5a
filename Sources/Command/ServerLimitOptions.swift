import ArgumentParser
import StimmungServer

/// The limits of "stimmung serve".
struct ServerLimitOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Largest body of a request, 1 to 4096.", valueName: "MiB"))
    var maxBody = ServerLimits().body >> 20

    @Option(help: ArgumentHelp("Largest sum of all bodies that are held, 1 to 1048576.", valueName: "MiB"))
    var maxMemory = ServerLimits().bodies >> 20

    @Option(help: ArgumentHelp("Longest recording, 1 to 86400.", valueName: "seconds"))
    var maxDuration = ServerLimits().duration

    @Option(help: ArgumentHelp("Largest number of WebSocket sessions, 0 to 100000.", valueName: "n"))
    var maxSessions = ServerLimits().sessions

    @Option(help: ArgumentHelp("Most audio of a WebSocket session, 1 to 604800.", valueName: "seconds"))
    var maxSessionDuration = ServerLimits().sessionDuration

    @Option(help: ArgumentHelp("Largest number of recordings that wait for a thread, 0 to 100000.", valueName: "n"))
    var maxQueue = ServerLimits().queue

    @Option(help: ArgumentHelp("Largest number of connections, 1 to 1000000.", valueName: "n"))
    var maxConnections = ServerLimits().connections

    @Option(help: ArgumentHelp("Time for a body to arrive, 1 to 3600.", valueName: "seconds"))
    var bodyTime = ServerLimits().bodyTime

    @Option(help: ArgumentHelp("Time to recognise a recording, with its time in the queue, 1 to 3600.", valueName: "seconds"))
    var workTime = ServerLimits().workTime

    @Option(help: ArgumentHelp("Time without a request or a message after which a connection is closed, 1 to 3600.", valueName: "seconds"))
    var idleTime = ServerLimits().idleTime

    func validate() throws {
        func check<Value: Comparable>(_ name: String, _ value: Value, _ range: ClosedRange<Value>) throws {
            if !range.contains(value) {
                throw ValidationError("--\(name) is \(value); it must be \(range.lowerBound) to \(range.upperBound).")
            }
        }
        try check("max-body", maxBody, 1...4096)
        try check("max-memory", maxMemory, 1...1_048_576)
        try check("max-duration", maxDuration, 1...86_400)
        try check("max-sessions", maxSessions, 0...100_000)
        try check("max-session-duration", maxSessionDuration, 1...604_800)
        try check("max-queue", maxQueue, 0...100_000)
        try check("max-connections", maxConnections, 1...1_000_000)
        try check("body-time", bodyTime, 1...3600)
        try check("work-time", workTime, 1...3600)
        try check("idle-time", idleTime, 1...3600)
    }

    var limits: ServerLimits {
        var limits = ServerLimits()
        limits.body = maxBody << 20
        limits.bodies = maxMemory << 20
        limits.duration = maxDuration
        limits.sessions = maxSessions
        limits.sessionDuration = maxSessionDuration
        limits.queue = maxQueue
        limits.connections = maxConnections
        limits.bodyTime = bodyTime
        limits.workTime = workTime
        limits.idleTime = idleTime
        return limits
    }
}
