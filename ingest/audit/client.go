package audit

import (
	"bytes"
	"strings"
)

// appType is the client's class in the words of AppIdType. Exchange's own server derives them from ClientInfoString in
// this order; REST (an application that uses the mail API) and RESTSystem (Microsoft's own service) are ours.
func appType(info, process text) string {
	s := strings.ToLower(string(info))
	name, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(string(process))), " ")
	switch {
	case s == "":
		return ""
	case s == "client=msexchangerpc" && name == "outlook.exe":
		return "Outlook"
	case s == "client=msexchangerpc" && name == "lync.exe":
		return "Lync"
	case strings.Contains(s, "macoutlook"):
		return "MacOutlook"
	case strings.Contains(s, "client=owa"):
		return "Web"
	case strings.Contains(s, "client=activesync"):
		return "Mobile"
	case strings.HasPrefix(s, "client=hub transport"):
		return "Exchange"
	case strings.HasPrefix(s, "client=pop3/imap4;protocol=pop3"):
		return "POP3"
	case strings.HasPrefix(s, "client=pop3/imap4;protocol=imap4"):
		return "IMAP4"
	case strings.Contains(s, "client=restsystem"):
		return "RESTSystem"
	case strings.Contains(s, "client=rest"):
		return "REST"
	default:
		return "Other"
	}
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
