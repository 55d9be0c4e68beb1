"""What every response and every proxy has in common: headers, compression, forwarded addresses, security.txt."""
