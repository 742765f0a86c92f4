/// How a transfer over `https` is protected.
///
/// The server's certificate and name are always verified; there is no way to switch that off.
public struct TLSOptions: Sendable, Hashable {
    /// The oldest protocol version that is accepted.
    public enum MinimumVersion: Sendable, Hashable {
        /// TLS 1.2 (RFC 5246).
        case tls12
        /// TLS 1.3 (RFC 8446).
        case tls13
    }

    /// A certificate that proves to the server who we are.
    public struct ClientCertificate: Sendable, Hashable {
        /// The certificate and its chain, a PEM file.
        public var certificateFile: String
        /// The private key without a passphrase, a PEM file.
        public var keyFile: String

        /// Names the two files, which are read at each handshake.
        ///
        /// - Parameters:
        ///   - certificateFile: the certificate and its chain.
        ///   - keyFile: the private key.
        public init(certificateFile: String, keyFile: String) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    /// A PEM file of authorities to trust instead of the system's.
    public var authorityFile: String?
    /// Who we are; nil to stay anonymous.
    public var clientCertificate: ClientCertificate?
    /// The oldest protocol version that is accepted.
    public var minimumVersion: MinimumVersion

    /// - Parameters:
    ///   - authorityFile: authorities to trust instead of the system's.
    ///   - clientCertificate: who we are.
    ///   - minimumVersion: the oldest protocol version that is accepted.
    public init(
        authorityFile: String? = nil,
        clientCertificate: ClientCertificate? = nil,
        minimumVersion: MinimumVersion = .tls12
    ) {
        self.authorityFile = authorityFile
        self.clientCertificate = clientCertificate
        self.minimumVersion = minimumVersion
    }
}
