package term

// Colours stand in a line as runes of the private use area, which plain text never holds, until the line is written.
const (
	Bad  = "\uE001"
	Warn = "\uE002"
	Mild = "\uE003"
	Head = "\uE004"
	Dim  = "\uE005"
	End  = "\uE006"
)

// BandColor is the colour of a band or level.
func BandColor(band string) string {
	switch band {
	case "critical", "high":
		return Bad
	case "medium":
		return Warn
	case "low":
		return Mild
	default:
		return ""
	}
}

// OfSure is the style of how sure an answer is.
func OfSure(sure string) string {
	switch sure {
	case "proven":
		return Bad
	case "likely":
		return Warn
	case "possible":
		return Mild
	}
	return Dim
}
