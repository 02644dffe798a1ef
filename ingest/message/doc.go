// Package message reads what is known of messages and rules apart from the logs of acts: message traces, which say
// what was sent to whom, listings of inbox rules, and the messages themselves, as .eml files or objects of an API, with
// what the receiving server wrote of their sender: SPF, DKIM, DMARC and Microsoft's compauth.
//
// Of a message only the topmost Authentication-Results header is heard: the receiving server puts its own above all that
// came with the message, and a sender can plant lower ones, which are named and no more. What is not there is unknown.
//
// A message becomes a delivery; where a log holds that delivery as well, the two are one activity (package activity).
// Its parameters, for rules: spf, dkim and dkim_domain (one a signature), dmarc, dmarc_action, compauth, compauth_reason,
// arc, authserv, mailfrom_domain, header_from, sender_ip, from_domain, from_name, reply_to, from_several (each address of From, where there is more than one), reply_to_differs ("true"
// where an answer goes to another domain), return_path, received (one a server), planted (passes that a lower header in
// the same server's name claims), untrusted (what all lower headers say), auth_fault (what could not be read), and auth,
// which is "none" where no server wrote any results.
package message
