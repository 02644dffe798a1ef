package audit

import (
	"bytes"
	"strings"

	"triage/ingest/activity"
)

// appType is the client's class in the words of AppIdType. Exchange's own server derives them from ClientInfoString in
// this order; REST (an application that uses the mail API) and RESTSystem (Microsoft's own service) are ours.
func appType(info, process text) string {
	if len(info) == 0 {
		return ""
	}
	var room [longInfo]byte
	s := activity.AppendLower(room[:0], info)
	has := func(part string) bool { return bytes.Contains(s, []byte(part)) }
	begins := func(part string) bool { return bytes.HasPrefix(s, []byte(part)) }
	switch {
	case string(s) == "client=msexchangerpc" && isProgram(process, "outlook.exe"):
		return "Outlook"
	case string(s) == "client=msexchangerpc" && isProgram(process, "lync.exe"):
		return "Lync"
	case has("macoutlook"):
		return "MacOutlook"
	case has("client=owa"):
		return "Web"
	case has("client=activesync"):
		return "Mobile"
	case begins("client=hub transport"):
		return "Exchange"
	case begins("client=pop3/imap4;protocol=pop3"):
		return "POP3"
	case begins("client=pop3/imap4;protocol=imap4"):
		return "IMAP4"
	case has("client=restsystem"):
		return "RESTSystem"
	case has("client=rest"):
		return "REST"
	default:
		return "Other"
	}
}

// longInfo is the room for a ClientInfoString: longer than nearly all.
const longInfo = 256

// isProgram says whether a process is a program, whose version may follow.
func isProgram(process text, name string) bool {
	program, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(string(process))), " ")
	return program == name
}

// agentOf is the user agent at the end of ClientInfoString ("Client=OWA;Mozilla/5.0 …;"), past its Key=Value parts.
func agentOf(info text) text {
	rest := info
	for {
		part, tail, more := bytes.Cut(rest, []byte(";"))
		if !isSetting(part) && len(bytes.TrimSpace(part)) > 0 {
			return bytes.TrimSpace(bytes.TrimRight(rest, "; "))
		}
		if !more {
			return nil
		}
		rest = tail
	}
}

// isSetting says whether a part is one of the server's own: a single word, an equals sign, a value.
func isSetting(part []byte) bool {
	key, _, ok := bytes.Cut(part, []byte("="))
	return ok && len(key) > 0 && !bytes.ContainsAny(key, " /(.")
}
