package attachment

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// file is what one token of an attachment field says of a file.
type file struct {
	name      string // as the log has it
	ext       string // lower case, without the dot; "" if it has none
	before    string // the extension before it: "pdf" of invoice.pdf.exe
	disguised bool   // letters are turned around so that the name reads otherwise (U+202E and its like)
}

// maxText bounds what one field may cost: AttachmentDetail is opaque text of any length.
const maxText = 16 << 10

// sizeGroup is the size that the Unified Audit Log puts after a name: "passwords.txt (333b)".
var sizeGroup = regexp.MustCompile(`\s*\(\d+b\)\s*$`)

// files reads an attachment field: a file's name, a list of names, types or MIME types, in whatever punctuation. No real
// AttachmentDetail is public, so that nothing is taken for granted but that an extension is an extension.
func files(text string, mimeTypes map[string]string) []file {
	if len(text) > maxText {
		text = text[:maxText]
	}
	if whole := sizeGroup.ReplaceAllString(text, ""); whole != text {
		return []file{attachedNamed(whole)}
	}
	var out []file
	for _, item := range strings.FieldsFunc(text, cutsNames) {
		item = strings.TrimSpace(item)
		switch ext, ok := mimeTypes[strings.ToLower(item)]; {
		case item == "":
		case ok:
			out = append(out, file{name: item, ext: ext})
		case bareType(item):
			out = append(out, file{name: item, ext: strings.ToLower(strings.TrimPrefix(item, "."))})
		default:
			if f := attachedNamed(item); f.ext != "" {
				out = append(out, f)
			}
		}
	}
	return out
}

// cutsNames says where a list of files is cut. Spaces belong to names.
func cutsNames(r rune) bool { return strings.ContainsRune(";,|\t\r\n\"'<>[]{}=:", r) }

// bareType says that a list's whole item is a type, not a name: "HTA" of "PDF;HTA".
func bareType(item string) bool {
	item = strings.TrimPrefix(item, ".")
	const longest = 5
	if item == "" || len(item) > longest {
		return false
	}
	return strings.IndexFunc(item, func(r rune) bool { return r > unicode.MaxASCII || !letterOrDigit(r) }) < 0
}

func letterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// attachedNamed reads a file's name. Trailing dots and spaces are dropped, as Windows drops them.
func attachedNamed(name string) file {
	f := file{name: name, disguised: strings.ContainsAny(name, "\u202e\u202d\u2066\u2067\u2068")}
	rest := strings.TrimRight(name, ". \u00a0")
	rest, f.ext = cutExt(rest)
	if f.ext != "" {
		_, f.before = cutExt(strings.TrimRight(rest, " \u00a0"))
	}
	return f
}

func cutExt(name string) (rest, ext string) {
	dot := strings.LastIndexByte(name, '.')
	const longest = 24 // searchconnector-ms
	if dot < 0 || len(name)-dot-1 > longest {
		return name, ""
	}
	ext = strings.ToLower(name[dot+1:])
	if ext == "" || strings.IndexFunc(ext, func(r rune) bool { return !letterOrDigit(r) && r != '-' }) >= 0 {
		return name, ""
	}
	return name[:dot], ext
}

// double says that a name shows one type and is another: invoice.pdf.exe. Endings that go on top of others by custom
// (signed mail's .p7m, .tar.gz) are no disguise.
func (f *file) double() bool {
	return f.disguised || slices.Contains(harmlessTypes(), f.before) && slices.Contains(runnable(), f.ext)
}

// harmlessTypes lists types that people open without a thought.
func harmlessTypes() []string {
	return []string{
		"pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "rtf", "txt", "csv", "odt", "ods", "jpg", "jpeg", "png",
		"gif", "bmp", "tif", "tiff", "mp3", "mp4", "wav", "zip", "eml", "msg",
	}
}

// runnable lists types that run, or carry what runs, when they are opened. Source: Microsoft, "Blocked attachments in
// Outlook", and the containers that came after it (iso, img, vhd, one, svg, html).
func runnable() []string {
	return []string{
		"appinstaller", "appx", "bat", "chm", "cmd", "com", "cpl", "dll", "exe", "gadget", "hta", "htm", "html", "img", "inf",
		"iso", "jar", "js", "jse", "lnk", "mht", "mhtml", "msi", "msix", "msp", "mst", "one", "pif", "ps1", "reg", "scf",
		"scr", "sct", "settingcontent-ms", "shtml", "svg", "url", "vb", "vbe", "vbs", "vhd", "vhdx", "wsc", "wsf", "wsh", "xht",
		"xhtml", "xll",
	}
}

// mimeTypes maps the MIME types of risky and of common files to their extension. Source: IANA media types, and the
// vendors' own x- types.
func mimeTypes() map[string]string {
	return map[string]string{
		"application/hta": "hta", "application/x-msdownload": "exe", "application/x-msdos-program": "exe",
		"application/vnd.microsoft.portable-executable": "exe", "application/x-dosexec": "exe",
		"application/javascript": "js", "text/javascript": "js", "application/x-javascript": "js",
		"text/vbscript": "vbs", "application/x-ms-shortcut": "lnk", "application/x-iso9660-image": "iso",
		"application/x-cd-image": "iso", "application/onenote": "one", "application/msonenote": "one",
		"text/html": "html", "application/xhtml+xml": "xhtml", "image/svg+xml": "svg",
		"application/java-archive": "jar", "application/x-java-archive": "jar", "application/x-msi": "msi",
		"application/x-ms-installer":                                 "msi",
		"application/vnd.ms-word.document.macroenabled.12":           "docm",
		"application/vnd.ms-excel.sheet.macroenabled.12":             "xlsm",
		"application/vnd.ms-excel.sheet.binary.macroenabled.12":      "xlsb",
		"application/vnd.ms-excel.addin.macroenabled.12":             "xlam",
		"application/vnd.ms-powerpoint.presentation.macroenabled.12": "pptm",
		"application/vnd.ms-htmlhelp":                                "chm", "application/zip": "zip",
		"application/x-zip-compressed": "zip", "application/x-rar-compressed": "rar", "application/vnd.rar": "rar",
		"application/x-7z-compressed": "7z", "application/pdf": "pdf", "application/x-apple-aspen-config": "mobileconfig",
	}
}
