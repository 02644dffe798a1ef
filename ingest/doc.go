// Package ingest reads whatever exports a responder was handed into one case: files, folders, archives, any text
// encoding, any known format, recognised by content. What cannot be read is named with its place and reason, never
// dropped silently.
package ingest
