#!/usr/bin/perl
# The way in: passes GET requests on to the agent ($AGENT, host:port) and its answers back, byte for byte.
use strict;
use warnings;
use IO::Socket::INET;

$SIG{TERM} = $SIG{INT} = sub { exit 0 };
$SIG{CHLD} = 'IGNORE';
$| = 1;

my $agent  = $ENV{AGENT} // 'agent:8080';
my $server = IO::Socket::INET->new(LocalPort => 8480, Listen => 16, ReuseAddr => 1) or die "port 8480: $@\n";
print "passing requests on to $agent\n";

while (1) {
  my $client = $server->accept or next;
  next if fork;
  alarm 10;
  my ($method, $path) = split / /, <$client> // '';
  while (my $header = <$client>) { last if $header =~ /^\r?\n$/ }
  if (($method // '') ne 'GET' || ($path // '') !~ m{^/[!-~]*$}) {
    answer($client, '405 Method Not Allowed', 'only GET');
  } elsif (my $upstream = IO::Socket::INET->new(PeerAddr => $agent, Timeout => 3)) {
    print $upstream "GET $path HTTP/1.0\r\nHost: $agent\r\n\r\n";
    print $client $_ while <$upstream>;
  } else {
    answer($client, '502 Bad Gateway', "$agent does not answer");
  }
  exit 0;
}

sub answer {
  my ($client, $status, $reason) = @_;
  my $body = qq({"error":"$reason"}\n);
  print $client "HTTP/1.1 $status\r\nContent-Type: application/json\r\nContent-Length: ", length $body,
    "\r\nConnection: close\r\n\r\n$body";
}
