import Glibc
import Testing

@testable import Curl

@Suite struct TLSTests {
    private func withTLSServer(
        certificate: String = "server",
        arguments: (Certificates) -> [String] = { _ in [] },
        _ body: (Certificates, String) throws -> Void
    ) throws {
        // For the environment that no transfer may look at.
        let environment = try LoopbackServer { _ in }
        defer { environment.stop() }
        let certificates = try Certificates()
        defer { certificates.remove() }
        let files = ["-cert", certificates.certificate(certificate), "-key", certificates.key(certificate)]
        let (server, port) = try OpenSSL.server(files + arguments(certificates))
        defer { server.stop() }
        try body(certificates, port)
    }

    private func failure(_ transfer: Transfer) -> String? {
        let error = #expect(throws: TransferError.self) { _ = try Session().answer(to: transfer) }
        if case .tls(let detail)? = error { return detail }
        return nil
    }

    @Test func `a server known to a private authority is trusted`() throws {
        try withTLSServer { certificates, port in
            var transfer = Transfer(url: "https://127.0.0.1:\(port)/")
            transfer.tls.authorityFile = certificates.authority
            let answer = try Session().answer(to: transfer)
            #expect(answer.status == 200)
        }
    }

    @Test func `a certificate for another name is refused`() throws {
        try withTLSServer { certificates, port in
            var transfer = Transfer(url: "https://localhost:\(port)/?secret=1")
            transfer.tls.authorityFile = certificates.authority
            let detail = try #require(failure(transfer))
            #expect(!detail.isEmpty && !detail.contains("secret"))
        }
    }

    @Test func `a private authority is not trusted unless it is named`() throws {
        try withTLSServer { _, port in
            #expect(failure(Transfer(url: "https://127.0.0.1:\(port)/")) != nil)
        }
    }

    @Test func `a self-signed certificate is refused`() throws {
        try withTLSServer(certificate: "stranger") { certificates, port in
            var transfer = Transfer(url: "https://127.0.0.1:\(port)/")
            #expect(failure(transfer) != nil)
            transfer.tls.authorityFile = certificates.authority
            #expect(failure(transfer) != nil)
        }
    }

    @Test func `a server older than TLS 1.2 or than the chosen version is refused`() throws {
        try withTLSServer(arguments: { _ in ["-tls1_2"] }) { certificates, port in
            var transfer = Transfer(url: "https://127.0.0.1:\(port)/")
            transfer.tls.authorityFile = certificates.authority
            let answer = try Session().answer(to: transfer)
            #expect(answer.status == 200)
            transfer.tls.minimumVersion = .tls13
            #expect(failure(transfer) != nil)
        }
    }

    @Test func `a client shows its certificate to a server that asks`() throws {
        try withTLSServer(
            // With TLS 1.3 the refusal would come after the handshake, as a cut.
            arguments: { ["-Verify", "1", "-verify_return_error", "-CAfile", $0.authority, "-tls1_2"] },
            { certificates, port in
                var transfer = Transfer(url: "https://127.0.0.1:\(port)/")
                transfer.tls.authorityFile = certificates.authority
                #expect(failure(transfer) != nil)
                transfer.tls.clientCertificate = TLSOptions.ClientCertificate(
                    certificateFile: certificates.certificate("client"),
                    keyFile: certificates.key("client")
                )
                let answer = try Session().answer(to: transfer)
                #expect(answer.status == 200)
            }
        )
    }

    @Test func `a directory counts as a trust store when it has hashed links`() throws {
        let certificates = try Certificates()
        defer { certificates.remove() }
        let bundle = certificates.authority
        let missing = TrustStore.find(directories: ["/nowhere"], bundles: ["/nowhere.pem"])
        #expect(missing == nil)
        let plain = TrustStore.find(directories: [certificates.folder], bundles: ["/nowhere.pem", bundle])
        #expect(plain == .bundle(bundle))
        let link = "\(certificates.folder)/0123abcd.0"
        symlink("authority.pem", link)
        defer { unlink(link) }
        let hashed = TrustStore.find(directories: [certificates.folder], bundles: [bundle])
        #expect(hashed == .directory(certificates.folder))
    }
}
