// Package m365test is the Outlook Activities service for tests, and the messages of Graph and the Outlook API: it refuses
// what the real ones refuse and does on demand what services do on bad days. Everything it knows is invented.
//
// The program in m365test/serve runs it on this machine, for trying things out:
//
//	go run ./ingest/m365/m365test/serve -activities 5000 -faults
//	TRIAGE_TOKEN=… triage fetch activities --user alice@contoso.com --output alice.csv --base-url http://127.0.0.1:…
//
// It prints the address and the token, and listens nowhere but on the loopback.
package m365test
