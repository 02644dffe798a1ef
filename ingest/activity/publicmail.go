package activity

import (
	"slices"
	"strings"
)

// PublicMail says whether a domain is one of a public mail provider, at which everybody may have a mailbox: no tenant's own.
func PublicMail(domain string) bool {
	family, rest, _ := strings.Cut(domain, ".")
	switch family {
	case "gmail", "googlemail", "hotmail", "live", "outlook", "yahoo", "ymail", "gmx", "yandex", "aol", "icloud":
		// of any country: yahoo.co.uk, hotmail.fr
		return !slices.ContainsFunc(strings.Split(rest, "."), func(label string) bool { return label == "" || len(label) > 3 })
	}
	_, found := slices.BinarySearch(publicMail[:], domain)
	return found
}

// publicMail are further providers, sorted.
var publicMail = [...]string{
	"126.com", "163.com", "att.net", "bluewin.ch", "bol.com.br", "btinternet.com", "comcast.net", "cox.net", "daum.net",
	"earthlink.net", "fastmail.com", "free.fr", "freenet.de", "hanmail.net", "hey.com", "hushmail.com", "inbox.com", "laposte.net",
	"libero.it", "mac.com", "mail.com", "mail.ru", "me.com", "msn.com", "naver.com", "o2.pl", "onet.pl", "orange.fr",
	"outlook.com", "pm.me", "proton.me", "protonmail.com", "qq.com", "rediffmail.com", "rocketmail.com", "sbcglobal.net",
	"seznam.cz", "sfr.fr", "t-online.de", "talktalk.net", "telenet.be", "terra.com.br", "tin.it", "tuta.com", "tutanota.com",
	"uol.com.br", "verizon.net", "virgilio.it", "wanadoo.fr", "web.de", "wp.pl", "ziggo.nl", "zoho.com",
}
