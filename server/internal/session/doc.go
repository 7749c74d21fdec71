// Package session is one client's life, free of any transport: commands come
// in, frames go out.
//
// A transport admits a client, opens a session, and calls one method of the
// session for each command, in order. Answers and deliveries leave through the
// session's outbox in the form that its codec gives them. A session ends when
// its transport says that the peer is gone, or when the server ends it: its
// token expired or was revoked, it reads too slowly, the server drains.
package session
