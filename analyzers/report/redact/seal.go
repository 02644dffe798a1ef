package redact

import (
	"bytes"
	"compress/flate"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
	"io"

	"triage/analyzers/report"
)

// Errors of reports that are not what was asked for.
var (
	ErrRedacted    = errors.New("the report is redacted already")
	ErrNotRedacted = errors.New("the report is not redacted: there is nothing to give back")
	ErrOtherKey    = errors.New("the report was redacted with another key")
	ErrNothing     = errors.New("the redacted report does not hold the plain one: only JSON of the newest form does")
)

// Open gives back the report that a redacted one was made of.
func Open(r *report.Report, key *Key) (*report.Report, error) {
	switch {
	case r.Redaction == nil:
		return nil, ErrNotRedacted
	case r.Redaction.Key != key.Name():
		return nil, fmt.Errorf("%w: %s, not %s", ErrOtherKey, report.Short(r.Redaction.Key, 40), key.Name())
	case r.Redaction.Sealed == "":
		return nil, ErrNothing
	}
	plain, err := open(r.Redaction.Sealed, key)
	if err != nil {
		return nil, err
	}
	return report.Read(bytes.NewReader(plain))
}

// seal compresses and encrypts a text: AES-256-GCM, whose nonce is a keyed hash of the text, so that the same text gives the
// same bytes and no nonce stands for two texts.
func seal(plain []byte, key *Key) (string, error) {
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := w.Write(plain); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	gcm, err := sealer(key)
	if err != nil {
		return "", err
	}
	nonce := mac(key.nonces, packed.String())[:gcm.NonceSize()]
	return base64.StdEncoding.EncodeToString(gcm.Seal(nonce, nonce, packed.Bytes(), nil)), nil
}

var errTorn = errors.New("the sealed part of the report was changed or cut: the plain report cannot be given back")

func open(text string, key *Key) ([]byte, error) {
	sealed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, errTorn
	}
	gcm, err := sealer(key)
	if err != nil {
		return nil, err
	}
	if len(sealed) < gcm.NonceSize() {
		return nil, errTorn
	}
	packed, err := gcm.Open(nil, sealed[:gcm.NonceSize()], sealed[gcm.NonceSize():], nil)
	if err != nil {
		return nil, errTorn
	}
	return io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
}

func sealer(key *Key) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key.sealer)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
