import MartletCore
import Synchronization

/// What the simulator has seen: the judge in tests of limits, disconnects and retries.
final class Counters: Sendable {
    private struct State {
        var chats = 0
        var openStreams = 0
        var abortedStreams = 0
        var uploads = 0
        var deletions = 0
        var lastUpload: JSON = .null
        var jobs: [String: Int] = [:]
        var abortedJobs = 0
        var attempts: [String: Int] = [:]
        var downloads = 0
        var downloadsWithKey = 0
        var lastJob: JSON = .null
        var lastRequest: JSON = .null
    }

    private let state = Mutex(State())

    func countChat(_ body: JSON) {
        state.withLock {
            $0.chats += 1
            $0.lastRequest = body
        }
    }

    func countJob(_ type: String, body: JSON) {
        state.withLock {
            $0.jobs[type, default: 0] += 1
            $0.lastJob = body
        }
    }

    /// How many times this was tried, now included.
    func countAttempt(_ what: String) -> Int {
        state.withLock {
            $0.attempts[what, default: 0] += 1
            return $0.attempts[what] ?? 0
        }
    }

    func countAbortedJob() { state.withLock { $0.abortedJobs += 1 } }

    /// A picture or sound was fetched; the key has no business there.
    func countDownload(withKey hasKey: Bool) {
        state.withLock {
            $0.downloads += 1
            if hasKey { $0.downloadsWithKey += 1 }
        }
    }

    func countUpload(_ file: UploadedFile) {
        state.withLock {
            $0.uploads += 1
            $0.lastUpload = [
                "name": .string(file.name), "type": .string(file.type), "size": JSON(file.bytes.count),
            ]
        }
    }

    func countDeletion() { state.withLock { $0.deletions += 1 } }
    func openStream() { state.withLock { $0.openStreams += 1 } }

    func closeStream(aborted: Bool) {
        state.withLock {
            $0.openStreams -= 1
            if aborted { $0.abortedStreams += 1 }
        }
    }

    /// `{"chat_requests","open_streams","aborted_streams","uploads","deletions","last_upload",
    /// "last_request"}`, and for pictures, sounds and code
    /// `{"jobs":{TYPE:number},"aborted_jobs","downloads","downloads_with_key","last_job"}`.
    var json: JSON {
        state.withLock { state in
            [
                "chat_requests": .number(JSONNumber(state.chats)),
                "open_streams": .number(JSONNumber(state.openStreams)),
                "aborted_streams": .number(JSONNumber(state.abortedStreams)),
                "uploads": .number(JSONNumber(state.uploads)),
                "deletions": .number(JSONNumber(state.deletions)),
                "last_upload": state.lastUpload,
                "last_request": state.lastRequest,
                "jobs": .object(JSONObject(state.jobs.map { ($0.key, .number(JSONNumber($0.value))) })),
                "aborted_jobs": .number(JSONNumber(state.abortedJobs)),
                "downloads": .number(JSONNumber(state.downloads)),
                "downloads_with_key": .number(JSONNumber(state.downloadsWithKey)),
                "last_job": state.lastJob,
            ]
        }
    }
}
