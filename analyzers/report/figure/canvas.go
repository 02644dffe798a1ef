package figure

import (
	"encoding/xml"
	"html/template"
	"math"
	"strconv"
	"strings"

	"triage/analyzers/report"
)

// canvas collects the elements of one picture.
type canvas struct {
	id       string
	width    float64
	b        strings.Builder
	elements int
}

// attr is one attribute: a name and a text or a number.
type attr struct {
	name  string
	value any
}

// attrs makes attributes of names and values by turns.
func attrs(pairs ...any) []attr {
	out := make([]attr, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, attr{pairs[i].(string), pairs[i+1]})
	}
	return out
}

// open begins an element.
func (c *canvas) open(name string, list []attr) {
	c.elements++
	c.b.WriteByte('<')
	c.b.WriteString(name)
	for _, x := range list {
		c.b.WriteByte(' ')
		c.b.WriteString(x.name)
		c.b.WriteString(`="`)
		switch v := x.value.(type) {
		case float64:
			c.b.WriteString(number(v))
		case int:
			c.b.WriteString(strconv.Itoa(v))
		case string:
			c.b.WriteString(escaped(v))
		}
		c.b.WriteByte('"')
	}
}

// empty writes an element without content.
func (c *canvas) empty(name string, pairs ...any) {
	c.open(name, attrs(pairs...))
	c.b.WriteString("/>\n")
}

// path writes a path, if it has any part.
func (c *canvas) path(class string, d *strings.Builder) {
	if d.Len() > 0 {
		c.empty("path", "class", class, "d", d.String())
	}
}

// text writes one line; anchor is start, middle or end.
func (c *canvas) text(x, y float64, class, anchor, s string) {
	if s == "" {
		return
	}
	list := attrs("class", class, "x", x, "y", y)
	if anchor != "start" {
		list = append(list, attr{"text-anchor", anchor})
	}
	c.open("text", list)
	c.b.WriteByte('>')
	c.b.WriteString(escaped(s))
	c.b.WriteString("</text>\n")
}

// upright writes one line from below to above, around a point.
func (c *canvas) upright(x, y float64, class, s string) {
	c.open("text", attrs("class", class, "text-anchor", "middle", "transform", "translate("+number(x)+" "+number(y)+") rotate(-90)"))
	c.b.WriteByte('>')
	c.b.WriteString(escaped(s))
	c.b.WriteString("</text>\n")
}

func (c *canvas) line(class string, x1, y1, x2, y2 float64) {
	c.empty("line", "class", class, "x1", x1, "y1", y1, "x2", x2, "y2", y2)
}

func (c *canvas) rect(class string, x, y, w, h float64) {
	c.empty("rect", "class", class, "x", x, "y", y, "width", w, "height", h)
}

// svg is the picture, of so much height, with its name and what it shows in words.
func (c *canvas) svg(height float64, title, words string) template.HTML {
	var out strings.Builder
	out.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" class="fig" id="` + c.id + `" viewBox="0 0 ` + number(c.width) + " " + number(height) +
		`" role="img" aria-labelledby="` + c.id + `-t ` + c.id + `-d">` + "\n")
	out.WriteString(`<title id="` + c.id + `-t">` + escaped(title) + "</title>\n")
	out.WriteString(`<desc id="` + c.id + `-d">` + escaped(words) + "</desc>\n")
	out.WriteString(c.b.String())
	out.WriteString("</svg>\n")
	return template.HTML(out.String())
}

// hatch is what stretches are filled with of which nothing is known.
func (c *canvas) hatch() {
	c.b.WriteString(`<defs><pattern id="` + c.id + `-h" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="fig-hatch" d="M0 0V6"/></pattern></defs>` + "\n")
}

func (c *canvas) hatched(x, y, w, h float64) {
	c.empty("rect", "fill", "url(#"+c.id+"-h)", "x", x, "y", y, "width", w, "height", h)
}

// number is a coordinate: a tenth of a pixel is enough.
func number(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10+0, 'f', -1, 64)
}

// escaped is a text that a log may have written, safe in a page: nothing hidden, nothing that XML would act on.
func escaped(s string) string {
	var out strings.Builder
	if err := xml.EscapeText(&out, []byte(report.Plain(s))); err != nil {
		return ""
	}
	return out.String()
}

// box adds a rectangle to a path.
func box(d *strings.Builder, x, y, w, h float64) {
	d.WriteString("M" + number(x) + " " + number(y) + "h" + number(w) + "v" + number(h) + "h" + number(-w) + "z")
}

// diamond adds a diamond around a point to a path.
func diamond(d *strings.Builder, x, y, r float64) {
	d.WriteString("M" + number(x) + " " + number(y-r) + "l" + number(r) + " " + number(r) + "l" + number(-r) + " " + number(r) + "l" + number(-r) + " " + number(-r) + "z")
}

// disc adds a filled circle to a path.
func disc(d *strings.Builder, x, y, r float64) {
	d.WriteString("M" + number(x-r) + " " + number(y) + "a" + number(r) + " " + number(r) + " 0 1 0 " + number(2*r) + " 0a" + number(r) + " " + number(r) + " 0 1 0 " + number(-2*r) + " 0z")
}

// wide is how much room a text takes at most at a size, in any of the fonts that pages use. Pictures are drawn without a font at
// hand, so it is rather too much.
func wide(s string, size float64) float64 {
	sum := 0.0
	for _, r := range s {
		switch {
		case strings.ContainsRune("iljt.,:;'|!·I()[] ", r):
			sum += 0.36
		case strings.ContainsRune("mwMW@%…—", r):
			sum += 0.98
		case r >= 'A' && r <= 'Z':
			sum += 0.74
		case r >= 0x2e80: // East Asian, symbols
			sum += 1.1
		default:
			sum += 0.62
		}
	}
	return sum * size
}

// fit cuts a text so that it takes so much room at most.
func fit(s string, size, room float64) string {
	s = report.Plain(s)
	if wide(s, size) <= room {
		return s
	}
	out := []rune(s)
	for len(out) > 0 && wide(string(out)+"…", size) > room {
		out = out[:min(len(out)-1, int(room/size*4)+1)]
	}
	if len(out) == 0 {
		return ""
	}
	return strings.TrimRight(string(out), " ") + "…"
}

// fitName cuts the name of an account, if possible at its domain.
func fitName(s string, size, room float64) string {
	s = report.Plain(s)
	if local, _, ok := strings.Cut(s, "@"); ok && wide(s, size) > room && wide(local+"@…", size) <= room {
		return local + "@…"
	}
	return fit(s, size, room)
}
