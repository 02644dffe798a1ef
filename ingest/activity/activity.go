package activity

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
)

// ID is what makes an activity the same activity in two exports: the service's id where there is one, else a hash of
// its content.
type ID [16]byte

// String is the id in lower-case hexadecimal.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// HashID is the identity of something that has no 128-bit id of its own: the first half of the SHA-256 of the text.
// It is a cryptographic hash because an attacker writes part of what is hashed, and a collision would hide a row.
func HashID(text []byte) ID {
	sum := sha256.Sum256(text)
	return ID(sum[:16])
}

// GUID reads the service's id in its 36-character form; ok is false for any other text.
func GUID(text []byte) (id ID, ok bool) {
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return ID{}, false
	}
	at := 0
	for i := 0; i < 36; i += 2 {
		switch i {
		case 8, 13, 18, 23: // a hyphen anywhere else is none of a GUID
			i++
		}
		high, low := unhex(text[i]), unhex(text[i+1])
		if high > 15 || low > 15 {
			return ID{}, false
		}
		id[at] = high<<4 | low
		at++
	}
	return id, true
}

func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}

// Mixed is the identity of content id within a scope (the mailbox of an export that names none): both are
// cryptographic hashes, so their exclusive or is as hard to steer as either.
func (id ID) Mixed(scope ID) ID {
	for i := range id {
		id[i] ^= scope[i]
	}
	return id
}

// Flags are single facts about an activity.
type Flags uint16

// The flags.
const (
	Undated   Flags = 1 << iota // the record has no time: state, outside every timeline
	Salvaged                    // read as far as a truncated record goes
	ChainedIP                   // the address field held several addresses: the client is a guess
	OwnerLess                   // the record names no mailbox; the input's owner is its mailbox
	Lossy                       // the export flattened part of the record
	Cloud                       // the address is said to be the service's own, not the client's
	Shared                      // the same row stands in another mailbox; both are called after their files
	Local                       // the time is of the clock of whoever exported it, whose offset is not known
	TwoIPs                      // the record names further addresses: FieldOtherIP
	Filled                      // what is around the record had to fill in what it does not say
)

// Origin is where a record stands: input number and byte offset in its decoded stream.
type Origin struct {
	File   uint32
	Offset int64
}

// Activity is one recorded act: 96 bytes, no pointers. A zero Symbol means that the log did not say.
type Activity struct {
	Time    int64  // when the service recorded the act, in milliseconds since 1970 UTC; see Undated
	Created int64  // when the client did it (ActivityCreationTime), same unit; 0 if the log had none
	ID      ID     // identity
	Sum     uint64 // hash of the decoded content: tells a true repeat from another record under the same id
	Offset  int64  // origin: first byte of the record in the decoded stream
	File    uint32 // origin: number of the input
	Detail  uint32 // index into the case's details; 0 = none

	Op      Symbol // the service's own word: ActivityIdType or Operation
	Mailbox Symbol // whose mailbox it touched, lower case
	Actor   Symbol // who did it, lower case
	IP      Symbol // the client's address as the log wrote it
	App     Symbol // AppIdType, or derived from ClientInfoString
	Agent   Symbol // user agent or browser
	Session Symbol // session id
	Item    Symbol // ActivityItemId

	Type      Type
	Result    Result
	Lane      Lane
	ActorType ActorType
	Flags     Flags
}

// Origin is where the activity's record stands.
func (a *Activity) Origin() Origin { return Origin{a.File, a.Offset} }

// Compare is the case's total order: time, creation time, identity, content. File order does not decide, because logs
// have a resolution of one second and exports run both ways, but between equal rows of two mailboxes that are called
// after their files; two activities compare equal only if they are the same.
func Compare(a, b *Activity) int {
	return cmp.Or(
		cmp.Compare(a.Time, b.Time),
		cmp.Compare(a.Created, b.Created),
		bytes.Compare(a.ID[:], b.ID[:]),
		cmp.Compare(a.Sum, b.Sum),
		compareOrigins(a.Origin(), b.Origin()),
	)
}
