import ArgumentParser

/// `martlet worker`: one process on a socket that somebody else has opened.
struct Worker: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Answer requests on the listening socket that is descriptor 0 (spawn-fcgi, lighttpd, mod_fcgid).",
        discussion: "Started as a CGI program, it answers the one request and ends."
    )

    @OptionGroup var options: CommonOptions

    func run() throws {
        try WorkerProgram(Surroundings(options)).run()
    }
}
