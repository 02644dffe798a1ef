package message_test

import (
	"strings"
	"testing"
)

// A message that the mailbox's server took in twice under one Message-ID is two deliveries: only copies with the same line
// of that server are one, however they are folded and whatever earlier servers wrote.
func TestDeliveredTwiceUnderOneID(t *testing.T) {
	const earlier = "Received: from sender.example.net (203.0.113.9) by relay.example.net; Mon, 2 Mar 2026 07:59:58 +0000\r\n"
	const message = "From: Dana <dana@example.net>\r\nTo: alice@contoso.com\r\nSubject: New account\r\n" +
		"Date: Mon, 2 Mar 2026 07:59:50 +0000\r\nMessage-ID: <1@example.net>\r\n\r\nhello\r\n"
	mail := func(received string) string { return received + earlier + message }
	first := mail("Received: from relay.example.net (203.0.113.8) by mx.contoso.com with ESMTPS id A1; Mon, 2 Mar 2026 08:00:05 +0000\r\n")
	folded := mail("Received: from relay.example.net (203.0.113.8)\r\n by mx.contoso.com with ESMTPS\r\n\tid A1; Mon, 2 Mar 2026 08:00:05 +0000\r\n")
	again := mail("Received: from relay.example.net (203.0.113.8) by mx.contoso.com with ESMTPS id B7; Mon, 2 Mar 2026 08:00:05 +0000\r\n")
	later := mail("Received: from relay.example.net (203.0.113.8) by mx.contoso.com with ESMTPS id C2; Wed, 4 Mar 2026 11:30:00 +0000\r\n")
	for _, x := range []struct {
		name       string
		files      []string
		deliveries int
	}{
		{"one copy saved twice", []string{first, first}, 1},
		{"the line folded", []string{first, folded}, 1},
		{"an earlier server's line differs", []string{first, strings.Replace(first, "07:59:58", "07:59:57", 1)}, 1},
		{"another receipt of the same second", []string{first, again}, 2},
		{"another receipt two days later", []string{first, later}, 2},
		{"all of them", []string{first, again, folded, later, again}, 3},
	} {
		files := map[string]string{}
		for i, text := range x.files {
			files[string(rune('a'+i))+".eml"] = text
		}
		c := open(t, write(t, files))
		if len(c.Activities) != x.deliveries || len(c.Activities)+len(c.Duplicates) != len(x.files) || len(c.Skips) > 0 {
			t.Errorf("%s: %d activities, %d duplicates, skips %v; want %d deliveries", x.name, len(c.Activities), len(c.Duplicates), c.Skips, x.deliveries)
		}
	}
}
