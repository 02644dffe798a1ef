// Package m365 fetches evidence from Microsoft 365 for triage fetch. What a service answers is kept as it came, page by
// page with its hash, in a case folder; a fetch that was killed goes on where it stopped. Tokens go to the one root
// that was configured and nowhere else: no other host, file, log or message. Nothing that triage analyze uses imports
// this package.
package m365
