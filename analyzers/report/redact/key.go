package redact

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
)

// keySize is that of a key, in bytes.
const keySize = 32

// keyMark begins the line of a key file that holds the key.
const keyMark = "triage-redact-key-1 "

// Key is what tokens, fingerprints and the encryption are made with. Each has a key of its own, derived from it.
type Key struct {
	secret [keySize]byte
	tokens []byte
	hashes []byte
	sealer []byte
	nonces []byte
}

// NewKey makes a key of random bytes.
func NewKey(random io.Reader) (*Key, error) {
	var k Key
	if _, err := io.ReadFull(random, k.secret[:]); err != nil {
		return nil, fmt.Errorf("redaction key: %w", err)
	}
	return &k, k.derive()
}

// ErrNoKey says that a text is no key file.
var ErrNoKey = errors.New("not a redaction key: want a line that begins with " + strings.TrimSpace(keyMark))

// ParseKey reads a key file. Lines before and behind the key are for people.
func ParseKey(text string) (*Key, error) {
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		digits, ok := strings.CutPrefix(strings.TrimSpace(line), keyMark)
		if !ok {
			continue
		}
		var k Key
		b, err := hex.DecodeString(strings.TrimSpace(digits))
		if err != nil || len(b) != keySize {
			return nil, fmt.Errorf("%w and %d hexadecimal digits", ErrNoKey, 2*keySize)
		}
		copy(k.secret[:], b)
		return &k, k.derive()
	}
	return nil, ErrNoKey
}

// Text is the key as a file holds it.
func (k *Key) Text() string {
	return "# The key of redacted reports (triage --redact). Whoever has it and a redacted report can read everything in it:\n" +
		"# keep it apart from them. Without it nobody can, nor can a report of the same tokens be made again.\n" +
		"# Its name, which redacted reports tell: " + k.Name() + "\n" +
		keyMark + hex.EncodeToString(k.secret[:]) + "\n"
}

// Name is the key's name, which tells nothing of it.
func (k *Key) Name() string { return "key-" + alternate(mac(k.tokens, "\x00name"), 5) }

func (k *Key) derive() error {
	for _, one := range []struct {
		to  *[]byte
		use string
	}{{&k.tokens, "tokens"}, {&k.hashes, "fingerprints"}, {&k.sealer, "encryption"}, {&k.nonces, "nonces"}} {
		b, err := hkdf.Key(sha256.New, k.secret[:], nil, "triage redaction: "+one.use, sha256.Size)
		if err != nil {
			return fmt.Errorf("redaction key: %w", err)
		}
		*one.to = b
	}
	return nil
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// alternate writes a hash as pairs of a letter and a digit, so that no token spells a word, a year or a number of the case.
// A pair has 260 values.
func alternate(hash []byte, pairs int) string {
	return paired(hash, pairs, "abcdefghijklmnopqrstuvwxyz")
}

func paired(hash []byte, pairs int, letters string) string {
	out := make([]byte, 0, 2*pairs)
	for i := range pairs {
		n := int(hash[2*i])<<8 | int(hash[2*i+1])
		out = append(out, letters[n%len(letters)], '0'+byte(n/len(letters)%10))
	}
	return string(out)
}

// fingerprint is a keyed hash of a fingerprint, in as many hexadecimal digits. They take turns as in a token.
func (k *Key) fingerprint(text string) string {
	text = strings.ToLower(text)
	pairs := (len(text) + 1) / 2
	hash := mac(k.hashes, text)
	for n := byte(1); len(hash) < 2*pairs; n++ {
		hash = append(hash, mac(k.hashes, text+"\x00"+string(rune(n)))...)
	}
	return paired(hash, pairs, "abcdef")[:len(text)]
}
