#if Server
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// Answers every request: finds its route, checks who asks, and turns errors into problems.
///
/// Hummingbird's own router is not used: it answers a wrong method with 404.
struct Routes: HTTPResponder {
    typealias Context = BasicRequestContext

    /// The address of WebSocket sessions.
    static let streamPath = "/v1/stream"

    /// How one address is answered.
    struct Route: Sendable {
        let methods: [HTTPRequest.Method]
        /// Whether the token is needed.
        var isOpen = false
        let answer: @Sendable (Request, _ name: String?) async throws -> Response
    }

    private let service: Service
    private let routes: [String: Route]

    init(_ service: Service) {
        self.service = service
        let predict = PredictEndpoint(service: service)
        let voices = VoicesEndpoint(service: service)
        let state = StateEndpoints(service: service)
        routes = [
            "/v1/predict": Route(methods: [.post]) { request, _ in try await predict.answer(request) },
            "/v1/audio/classification": Route(methods: [.post]) { request, _ in try await predict.classification(request) },
            "/v1/front-end": Route(methods: [.post]) { request, _ in try await FrontEndEndpoint(service: service).answer(request) },
            "/v1/voices": Route(methods: [.get, .post]) { request, _ in
                request.method == .post ? try await voices.enrol(request) : try voices.list(request)
            },
            "/v1/voices/": Route(methods: [.get, .delete]) { request, name in
                request.method == .delete ? try await voices.remove(request, name ?? "") : try voices.show(request, name ?? "")
            },
            "/v1/models": Route(methods: [.get]) { request, _ in try state.models(request) },
            Self.streamPath: Route(methods: [.get]) { _, _ in throw Self.notUpgraded },
            "/health/live": Route(methods: [.get], isOpen: true) { request, _ in try state.live(request) },
            "/health/ready": Route(methods: [.get], isOpen: true) { request, _ in try state.ready(request) },
            "/metrics": Route(methods: [.get]) { request, _ in try state.metrics(request) },
        ].merging(
            PageFiles.all.mapValues { file in
                Route(methods: [.get], isOpen: true) { request, _ in
                    _ = try Query(request, allowed: [])
                    return file.response
                }
            }
        ) { own, _ in own }
    }

    private static let notUpgraded = Problem(
        .upgradeRequired, "request.not-a-websocket",
        "This address takes WebSocket connections (RFC 6455, version 13), on a connection's first request.",
        headers: [.upgrade: "websocket", .secWebSocketVersion: "13"])

    func respond(to request: Request, context: Context) async throws -> Response {
        let start = ContinuousClock.now
        let path = request.uri.path
        let name = path.hasPrefix("/v1/voices/") ? String(path.dropFirst("/v1/voices/".count)) : nil
        let key = name == nil ? path : "/v1/voices/"
        let route = routes[key]
        var response: Response
        do { response = try await answer(request, route, name) } catch {
            let problem = Problem(error) { $0 } ?? .unknown
            if problem.code == Problem.unknown.code {
                service.logger.error("\(request.method.rawValue.prefix(10)) \(route == nil ? "other" : key): \(logged(error))")
            }
            response = problem.response
        }
        decorate(&response, request)
        if request.method == .head { response = response.createHeadResponse() }
        let took = ContinuousClock.now - start
        // Neither query nor names of voices: they may name people.
        let label = route == nil ? "other" : key
        service.metrics.request(
            route: label, method: route == nil ? "other" : request.method.rawValue, status: response.status.code, took: took)
        service.logger.info(
            "request",
            metadata: [
                "method": "\(request.method.rawValue.prefix(10))", "route": "\(label)", "status": "\(response.status.code)",
                "ms": "\(Int(took / .milliseconds(1)))",
            ])
        return response
    }

    private func answer(_ request: Request, _ route: Route?, _ name: String?) async throws -> Response {
        let origin = request.headers[.origin]
        if let refusal = service.access.refusal(host: request.head.authority, origin: origin) {
            throw Problem(refusal.code == "request.host" ? .misdirectedRequest : .forbidden, refusal.code, refusal.detail)
        }
        guard let route else {
            throw Problem(.notFound, "request.unknown-path", "There is nothing at this address. GET /openapi.yaml lists the addresses.")
        }
        let allowed = route.methods + (route.methods.contains(.get) ? [.head] : [])
        if request.method == .options, let origin, service.access.allows(origin) { return Self.preflight(allowed) }
        guard allowed.contains(request.method) else {
            throw Problem(
                .methodNotAllowed, "request.method", "This address allows \(allowed.map(\.rawValue).joined(separator: ", ")).",
                headers: [.allow: allowed.map(\.rawValue).joined(separator: ", ")])
        }
        guard route.isOpen || service.authorisation.isAuthorised(request.headers[.authorization]) else {
            throw Problem(
                .unauthorized, "request.unauthorised",
                "The request needs the header Authorization: Bearer TOKEN, with this server's token.",
                headers: [.wwwAuthenticate: "Bearer"])
        }
        return try await route.answer(request, name)
    }

    /// The answer to a browser that asks whether a page of another origin may send a request.
    private static func preflight(_ methods: [HTTPRequest.Method]) -> Response {
        Response(
            status: .noContent,
            headers: [
                .accessControlAllowMethods: methods.map(\.rawValue).joined(separator: ", "),
                .accessControlAllowHeaders: "authorization, content-type", .accessControlMaxAge: "600",
            ])
    }

    private func decorate(_ response: inout Response, _ request: Request) {
        response.headers[.xContentTypeOptions] = "nosniff"
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        guard let origin = request.headers[.origin], service.access.allows(origin) else { return }
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.vary] = "Origin"
    }
}

extension Response {
    /// A text with its type.
    init(_ text: String, status: HTTPResponse.Status = .ok, type: String = "application/json", headers: HTTPFields = [:]) {
        var headers = headers
        headers[.contentType] = type
        self.init(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
#endif
