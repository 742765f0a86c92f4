import ArgumentParser
import FastCGI
import Glibc

/// The program and its commands.
@main
struct Martlet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "martlet",
        abstract: "An AI gateway behind the web server that you already have.",
        discussion: """
            Settings come from the file named with --config (or MARTLET_CONFIG), and from the environment, as \
            MARTLET_<SECTION>_<NAME>. Databases, sockets and logs lie in the folder named with --state (or MARTLET_STATE).
            """,
        version: Version.text,
        subcommands: [
            Serve.self, Worker.self, Check.self, ListModels.self, ExplainRoutes.self, AccountCommand.self,
            KeyCommand.self, GroupCommand.self, ChannelCommand.self, PriceCommand.self, CodeCommand.self,
            VaultCommand.self,
            UsageCommand.self,
            AuditCommand.self,
        ]
    )

    /// Databases, logs and keys are for the service's own account; the socket's rights are set by themselves.
    static func main() {
        umask(0o077)
        main(nil)
    }

    /// Without a command: what the surroundings ask for.
    ///
    /// A web server that starts a program itself often cannot give it arguments.
    func run() throws {
        if PlainCGI.isCGI {
            try CGIProgram(Surroundings()).run()
        } else if ListeningSocket.isListening(STDIN_FILENO) {
            try WorkerProgram(Surroundings()).run()
        } else {
            throw CleanExit.helpRequest(self)
        }
    }
}
