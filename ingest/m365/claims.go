package m365

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

// Claims are what a token says of itself. Nobody checked its signature: only the service can.
type Claims struct {
	Tenant      string
	App         string // the application's id
	Name        string // the application's
	User        string // "" for an application by itself
	Audience    string
	Permissions []string // roles of an application, or what a person delegated
	Expires     time.Time
}

// Claims reads a token; ok is false if it is none that can be read: Microsoft promises no form.
func (t Token) Claims() (c Claims, ok bool) {
	parts := strings.Split(t.text, ".")
	if len(parts) != 3 {
		return c, false
	}
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return c, false
	}
	var raw struct {
		Tid, Appid, Azp, Upn, Scp string
		PreferredUsername         string          `json:"preferred_username"`
		AppDisplayname            string          `json:"app_displayname"`
		Aud                       json.RawMessage // a text, or several
		Roles                     []string
		Exp                       int64
	}
	if err := json.Unmarshal(text, &raw); err != nil {
		return c, false
	}
	c = Claims{Tenant: raw.Tid, App: raw.Appid, Name: raw.AppDisplayname, User: raw.Upn, Permissions: raw.Roles}
	if c.App == "" {
		c.App = raw.Azp
	}
	if c.User == "" {
		c.User = raw.PreferredUsername
	}
	if raw.Scp != "" {
		c.Permissions = append(c.Permissions, strings.Fields(raw.Scp)...)
	}
	_ = json.Unmarshal(raw.Aud, &c.Audience)
	if raw.Exp > 0 && raw.Exp < 1<<40 {
		c.Expires = time.Unix(raw.Exp, 0).UTC()
	}
	return c, true
}

// Claims are those of the token that the client asks with.
func (c *Client) Claims() (Claims, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.token.Claims()
}
