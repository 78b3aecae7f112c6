#!/usr/bin/perl
# A stand-in for an agent: it calls no model, it answers GET / with what claw gave it, as JSON.
use strict;
use warnings;
use IO::Socket::INET;
use POSIX 'strftime';

my $contract = $ENV{CONTRACT_PATH}   // '/claw/AGENTS.md';
my $skills   = $ENV{CLAW_SKILLS_DIR} // '/claw/skills';

exit check() if @ARGV && $ARGV[0] eq '--check';
serve();

sub state_of_things {
  my ($heading) = map { /^#+\s+(.*)/ ? $1 : () } split /\n/, slurp($contract) // '';
  my ($sum) = -r $contract ? split / /, `sha256sum \Q$contract\E` : ();
  return {
    name     => $ENV{CLAW_INSTANCE},
    model    => $ENV{MODEL_PRIMARY},
    contract => { path => $contract, heading => $heading, sha256 => $sum },
    skills   => [map { s{.*/}{}r } sort glob "$skills/*.md"],
    volumes  => volumes(),
    configured_at => line('/workspace/configured-at'),
    last_message  => slurp('/workspace/message'),
    last_woken_at => written('/workspace/message'),
    user          => "$>:" . ($) + 0),
  };
}

# What is mounted under /mnt, where volumes of surfaces go.
sub volumes {
  my @found;
  for (split /\n/, slurp('/proc/mounts') // '') {
    my (undef, $at, undef, $options) = split / /;
    push @found, { name => $1, mode => $options =~ /^ro\b/ ? 'read-only' : 'read-write' } if $at =~ m{^/mnt/([^/]+)$};
  }
  return \@found;
}

sub serve {
  # As the first process of a container it gets no default action for a signal.
  $SIG{TERM} = $SIG{INT} = sub { exit 0 };
  $SIG{CHLD} = 'IGNORE';
  $| = 1;
  my $server = IO::Socket::INET->new(LocalPort => 8080, Listen => 16, ReuseAddr => 1) or die "port 8080: $@\n";
  print "listening on 8080\n";
  while (1) {
    my $client = $server->accept or next;
    next if fork;
    alarm 5;
    my $request = <$client> // '';
    while (my $header = <$client>) { last if $header =~ /^\r?\n$/ }
    my ($status, $body) =
        $request =~ m{^GET / }       ? ('200 OK', json(state_of_things()))
      : $request =~ m{^GET /health } ? ('200 OK', json({ ok => \1 }))
      :                                ('404 Not Found', json({ error => 'try GET /' }));
    print $client "HTTP/1.1 $status\r\nContent-Type: application/json\r\nContent-Length: ", length($body) + 1,
      "\r\nConnection: close\r\n\r\n$body\n";
    exit 0;
  }
}

# For HEALTHCHECK: status 0 when this very program answers.
sub check {
  my $server = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => 8080, Timeout => 2) or return 1;
  print $server "GET /health HTTP/1.0\r\n\r\n";
  return (<$server> // '') =~ / 200 / ? 0 : 1;
}

sub slurp {
  open my $file, '<', shift or return undef;
  local $/;
  return scalar <$file>;
}

sub line { my $text = slurp(shift); chomp $text if defined $text; return $text }

sub written {
  my $changed = (stat shift)[9] // return undef;
  return strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $changed);
}

# The base image has a small Perl, without JSON.
sub json {
  my $value = shift;
  return 'null' if !defined $value;
  return $$value ? 'true' : 'false' if ref $value eq 'SCALAR';
  return '[' . join(',', map { json($_) } @$value) . ']' if ref $value eq 'ARRAY';
  return '{' . join(',', map { json($_) . ':' . json($value->{$_}) } sort keys %$value) . '}' if ref $value eq 'HASH';
  $value =~ s/([\x00-\x1f"\\\x7f])/sprintf '\\u%04x', ord $1/ge;
  return qq("$value");
}
