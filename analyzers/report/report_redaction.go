package report

// Redaction says that a report is redacted, and holds the plain one, encrypted.
type Redaction struct {
	Key    string `json:"key"`    // name of the key, which tells nothing of it
	Sealed string `json:"sealed"` // base64: the plain report, compressed, AES-256-GCM
}
