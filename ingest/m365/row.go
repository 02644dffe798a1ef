package m365

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"time"
)

// row is one activity of a page, with what fetching needs to know of it.
type row struct {
	id   string
	at   time.Time // zero if the activity has no readable TimeStamp
	text json.RawMessage
}

// readRow takes identity and time of an activity. One without an Id is identified by its content.
func readRow(text json.RawMessage) (row, error) {
	var fields struct {
		ID        any `json:"Id"`
		TimeStamp any
	}
	if err := json.Unmarshal(text, &fields); err != nil {
		return row{}, err
	}
	r := row{text: text}
	if r.id, _ = fields.ID.(string); r.id == "" {
		sum := sha256.Sum256(text)
		r.id = "sha256:" + hex.EncodeToString(sum[:])
	}
	if stamp, ok := fields.TimeStamp.(string); ok {
		r.at = parseStamp(stamp)
	}
	return r, nil
}

// parseStamp reads ISO 8601; without an offset it is UTC.
func parseStamp(text string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC()
		}
	}
	return time.Time{}
}

// key orders activities by time, then identity; the undated come first.
func (r *row) key() []byte {
	key := make([]byte, 12, 12+len(r.id))
	binary.BigEndian.PutUint64(key, uint64(r.at.Unix())^1<<63)
	binary.BigEndian.PutUint32(key[8:], uint32(r.at.Nanosecond()))
	return append(key, r.id...)
}

// digest stands for a set of identities, whatever their order: the sum of their hashes.
type digest uint64

func (d *digest) add(id string) {
	sum := sha256.Sum256([]byte(id))
	*d += digest(binary.LittleEndian.Uint64(sum[:]))
}
