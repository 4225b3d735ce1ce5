// Every code of a warning or error that the agent can log, and what an operator can do about it.
// docs/log-codes.md has the same hints, and what each code means; a unit test keeps the two equal.
// A call of Logger::warn or Logger::error whose code is not here does not compile.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace auditship {

struct LogCodeRow {
  std::string_view code, hint;
};

// In the order of their codes.
inline constexpr std::array kLogCodes = std::to_array<LogCodeRow>({
    {"accounting-mismatch",
     "this is a bug: keep data_dir and the log, and report it; `auditship reconcile` tells whether "
     "documents are missing"},
    {"ack-no-space", "make room on the disk of data_dir; it goes on by itself"},
    {"buffer-ack-lost",
     "nothing to do for the documents: they are looked up and sent again; check the disk (dmesg, "
     "SMART)"},
    {"buffer-cut",
     "nothing to do after a crash or power cut; if it comes without one, check the disk"},
    {"buffer-damaged",
     "check the disk (dmesg, SMART); run `auditship buffer verify`; lines that are still in the "
     "log files are read again"},
    {"buffer-full",
     "with bytes well below limit the disk is full: make room there; else see why the sink takes "
     "less than comes (`auditship status`), and make buffer_max larger if outages last longer"},
    {"buffer-not-repaired",
     "compare with `auditship reconcile`; the buffer was written by another release: deliver with "
     "that one"},
    {"buffer-remove",
     "check the rights and the disk of data_dir; documents are safe, but the buffer does not "
     "shrink"},
    {"buffer-repaired", "compare with `auditship reconcile`; check the disk"},
    {"buffer-segment-unused",
     "nothing to do after a crash or power cut; if it comes without one, check the disk"},
    {"codec-refused",
     "set sink.opensearch.compression to what the server takes (2.x: gzip) to save the packing"},
    {"compressed-damaged",
     "look for another copy of the file; check the disk and whatever compresses it"},
    {"compression-unsupported",
     "build with liblzma (xz) and libbz2 (bzip2), or have logrotate use gzip or zstd"},
    {"config",
     "see the key in docs/configuration.md; `auditship check --effective` shows what is in force"},
    {"dead-letter",
     "`auditship dead-letter ls` says why; correct the index, then `auditship dead-letter replay`"},
    {"dead-letter-failed", "make room and check the rights below data_dir; it goes on by itself"},
    {"descriptors-scarce",
     "raise the limit of open files (LimitNOFILE=), or let rotation keep fewer files"},
    {"directory-unreadable",
     "give the agent the right to list that directory (r and x), or CAP_DAC_READ_SEARCH"},
    {"file-io", "check the disk and the rights of sink.file.directory; it goes on by itself"},
    {"file-no-space", "make room in sink.file.directory; it goes on by itself"},
    {"file-order", "see the message before it"},
    {"file-shipment-damaged", "this is a bug or bad memory: keep data_dir and report it"},
    {"file-sink-changed",
     "let nothing move or edit the newest file in sink.file.directory; older ones may go"},
    {"file-sink-commit-damaged", "check the disk; look for doubled _id in the newest files"},
    {"file-sink-torn", "nothing to do: they are written again"},
    {"generation-vanished",
     "keep more rotated files, or rotate less often, than an outage of the agent or of the sink "
     "lasts"},
    {"inotify",
     "nothing to do: lines come up to a second later; fs.inotify.max_user_instances may be too "
     "low"},
    {"input-ambiguous", "take one of the two paths out of streams.NAME.paths, or set host_root"},
    {"input-error",
     "check that the agent may read the file and its directories: group adm, or "
     "CAP_DAC_READ_SEARCH"},
    {"input-masked",
     "under systemd, ProtectHome=, PrivateTmp= and InaccessiblePaths= hide places: show it by a "
     "drop-in, or log elsewhere"},
    {"input-not-regular", "name regular files in streams.NAME.paths, or narrow the pattern"},
    {"input-unreadable",
     "check that the agent may read the file and its directories: group adm, or "
     "CAP_DAC_READ_SEARCH"},
    {"key-owner-conflict",
     "correct the file that the message names; `auditship keys` shows what is known"},
    {"key-owners-invalid",
     "correct the file that the message names; `auditship check` tells all that is wrong"},
    {"log-edited", "find out who edited the log, and why; what was shipped of it stays as it was"},
    {"look-up-failed",
     "open or restore the index; the role needs indices:data/read/mget and get on it (role "
     "auditship-shipper)"},
    {"node-renamed",
     "if this is a clone, give it a data_dir of its own; if the node was renamed, nothing has to "
     "be done"},
    {"notify",
     "check NotifyAccess and NOTIFY_SOCKET of the unit; the watchdog may restart the agent"},
    {"opensearch-alias-is-index",
     "delete or reindex that index, then run `auditship setup`; use require_alias or "
     "action.auto_create_index against the next one"},
    {"opensearch-alias-missing",
     "run `auditship setup`, which makes the first index and its write alias"},
    {"opensearch-alias-unreadable",
     "add indices:admin/aliases/get to the role, as in auditship-shipper"},
    {"opensearch-bulk-invalid", "report it, with the version of the server"},
    {"opensearch-bulk-parameter",
     "check that it is OpenSearch 2.x or 3.x, and not behind something that rewrites requests"},
    {"opensearch-bulk-unreadable",
     "check proxies between here and the cluster; it goes on by itself"},
    {"opensearch-busy",
     "nothing to do if it passes: bodies get smaller and slower; if it lasts, the cluster is too "
     "small"},
    {"opensearch-cluster-block",
     "look for index.blocks and cluster.blocks settings; it goes on by itself when they are gone"},
    {"opensearch-codec-refused",
     "set sink.opensearch.compression to what the server takes (2.x: gzip)"},
    {"opensearch-connection-lost",
     "nothing to do once: what arrived is not doubled; if it lasts, look at the node's log and at "
     "proxies, and whether it wants another client certificate"},
    {"opensearch-data-stream", "use an alias or another target: ids would not be guarded"},
    {"opensearch-disk-full",
     "make room on the data nodes or delete old indices; the block goes by itself below the high "
     "watermark, and so do the documents"},
    {"opensearch-document-400", "`auditship dead-letter ls` says why"},
    {"opensearch-document-too-large",
     "raise http.max_content_length, then `auditship dead-letter replay`; or lower bodies.max"},
    {"opensearch-forbidden",
     "give the user the role auditship-shipper (`auditship setup --only roles`), or add the "
     "permission; it goes on by itself"},
    {"opensearch-heap-full", "give the node more heap, or lower batch.max_bytes"},
    {"opensearch-host-unknown", "correct the name in sink.opensearch.hosts, or the node's DNS"},
    {"opensearch-http-400",
     "the message has the error; check the address and the version of the server"},
    {"opensearch-http-404", "check that hosts names OpenSearch and not something before it"},
    {"opensearch-http-408", "check the network and proxies"},
    {"opensearch-http-425", "nothing to do if it passes"},
    {"opensearch-http-4xx", "check what stands between here and the cluster"},
    {"opensearch-http-501", "check what stands between here and the cluster"},
    {"opensearch-http-5xx", "look at the log of the node, or of the proxy before it"},
    {"opensearch-http-odd", "check what stands between here and the cluster"},
    {"opensearch-index-closed",
     "open it (POST INDEX/_open), or roll the alias over; documents wait or move by themselves"},
    {"opensearch-index-full", "roll the alias over"},
    {"opensearch-index-missing",
     "run `auditship setup` if the alias is gone too; else documents move to the current index by "
     "themselves"},
    {"opensearch-index-name", "correct streams.NAME.target: lower case, no spaces"},
    {"opensearch-index-read-only",
     "roll the alias over, or take index.blocks.read_only away; documents wait or move by "
     "themselves"},
    {"opensearch-index-write-block",
     "roll the alias over, or take index.blocks.write away; documents wait or move by themselves"},
    {"opensearch-item-404", "check what stands between here and the cluster"},
    {"opensearch-item-error", "the message has the server's words"},
    {"opensearch-mapping-conflict",
     "run `auditship setup`, roll the alias over, then `auditship dead-letter replay`"},
    {"opensearch-mapping-full",
     "run `auditship setup` (its mapping cannot grow), roll the alias over, then `auditship "
     "dead-letter replay`"},
    {"opensearch-mapping-strict",
     "run `auditship setup`, roll the alias over, then `auditship dead-letter replay`"},
    {"opensearch-network",
     "the message has libcurl's words; check the network between here and the host"},
    {"opensearch-no-answer",
     "the node is overloaded or hangs: look at its log and heap; if it is only slow, raise "
     "sink.opensearch.timeout"},
    {"opensearch-no-cluster-manager", "bring back a majority of the manager nodes; documents wait"},
    {"opensearch-no-write-index",
     "set is_write_index on one: POST _aliases, or run `auditship setup`"},
    {"opensearch-over-limit", "lower batch.max_bytes, or give the nodes more heap"},
    {"opensearch-pipeline-missing", "make the pipeline, or take index.default_pipeline away"},
    {"opensearch-proxy-refused",
     "allow CONNECT to host and port of sink.opensearch.hosts at the proxy; documents wait"},
    {"opensearch-proxy-target",
     "check the names and ports in sink.opensearch.hosts as the proxy sees them, and its log; "
     "documents wait"},
    {"opensearch-proxy-tls",
     "put the CA of the proxy's certificate into proxy_ca_file, or write http:// if the proxy "
     "speaks plain HTTP; the message has the details"},
    {"opensearch-proxy-unauthorized",
     "correct proxy_username and proxy_password_file; the file is read again by itself; documents "
     "wait"},
    {"opensearch-proxy-unreachable",
     "check that the proxy runs, sink.opensearch.proxy, and what `environment` stands for; "
     "documents wait"},
    {"opensearch-redirect", "put the address that it leads to into sink.opensearch.hosts"},
    {"opensearch-reply-items", "check proxies that cut bodies; the batch is sent again"},
    {"opensearch-reply-malformed",
     "check what stands between here and the cluster, and that hosts names OpenSearch"},
    {"opensearch-secret-unreadable",
     "put the secret into the file that the message names, readable for the agent; it is read "
     "again by itself, but a copy below /run/credentials only after a restart"},
    {"opensearch-shard-unavailable", "GET _cluster/allocation/explain says why; documents wait"},
    {"opensearch-shards-full", "delete old indices or raise cluster.max_shards_per_node"},
    {"opensearch-tls",
     "the server must offer TLS 1.2 or newer, and https:// must not go to a plain port; the "
     "message has the details"},
    {"opensearch-tls-expired",
     "renew the server's certificate; if it is good, set the clock of this node"},
    {"opensearch-tls-file",
     "tls.ca_file, certificate_file and key_file must be readable PEM, and the key must belong to "
     "the certificate; they are read again by itself"},
    {"opensearch-tls-host-name",
     "use a name in sink.opensearch.hosts that the certificate has, or set tls.server_name to one"},
    {"opensearch-tls-refused",
     "give tls.certificate_file and key_file of a CA that the server trusts, not expired; they are "
     "read again by itself"},
    {"opensearch-tls-untrusted",
     "put the CA that signed the server's certificate into tls.ca_file; it is read again by "
     "itself"},
    {"opensearch-too-large",
     "lower batch.max_bytes below http.max_content_length, also of proxies"},
    {"opensearch-unauthorized",
     "correct username and password_file (or bearer_token_file, certificate); files are read again "
     "by themselves, those of LoadCredential= after a restart; nothing is dropped"},
    {"opensearch-unavailable", "wait while it starts, else look at its log; documents wait"},
    {"opensearch-unreachable",
     "check that OpenSearch runs, the port in sink.opensearch.hosts, firewalls and network "
     "policies"},
    {"opensearch-zstd-refused", "set sink.opensearch.compression: gzip for OpenSearch 2.x"},
    {"position-unreadable",
     "nothing to do for the documents: none is lost or doubled; the buffer was written by another "
     "release"},
    {"restored-shorter",
     "nothing to do: what was shipped is not doubled; find out who restored or rewrote the file"},
    {"rotated-file-skipped",
     "make the file readable and restart the agent, or read it by `auditship parse`"},
    {"rules-broken",
     "run `auditship check`: it names line and column; correct the file before the next restart, "
     "which would fail; it is read again by itself"},
    {"rules-record-lost",
     "note the change from the log of whoever made it; check the disk (dmesg, SMART)"},
    {"start-failed",
     "the message says what is wrong; `auditship check` tells more; data_dir is left as it is"},
    {"state-dropped", "nothing to do: logins that were open then end without a session document"},
    {"status-listen",
     "choose a free address and port for status.listen, or stop what uses it, and restart"},
    {"status-socket", "check the rights of data_dir, and that its path is shorter than 100 bytes"},
    {"stream-flush", "check the disk of data_dir before the next start"},
    {"stream-reopen",
     "check the disk of data_dir: full, read-only or failing; it is opened again by itself"},
    {"target-unknown",
     "check the hosts of sink.opensearch and the alias; `auditship check --online` tells more"},
    {"too-many-sources",
     "narrow the patterns of streams.NAME.paths; rotated files need no pattern"},
    {"truncated-unread",
     "rotate by renaming instead of truncating (logrotate: drop copytruncate), or keep copies; "
     "find out who truncated it"},
    {"unparsed-records",
     "see with `auditship parse` what such lines look like: whether the stream has the right "
     "parser, and whether docs/framings.md knows the framing"},
    {"write-after-rotation",
     "make the writer reopen its log at rotation (postrotate, or copytruncate); ship the rest by "
     "hand if it is needed"},
});

static_assert(std::is_sorted(kLogCodes.begin(), kLogCodes.end(),
                             [](const LogCodeRow& a, const LogCodeRow& b) {
                               return a.code < b.code;
                             }));

}  // namespace auditship
