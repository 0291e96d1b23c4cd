// Loaded before a service that `plinth dev` runs: when the supervisor is gone, however it went,
// the service ends as well and gives its port back.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
process.channel?.unref()
