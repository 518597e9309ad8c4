<?php
/**
 * A throw-away world: a database server, a site and a portal, all of this machine and gone afterwards.
 */

final class World {

	public static $dir, $site_url, $portal_url, $env, $chat = 'http://chat.example/c/wp-acme';
	private static $running = array(), $ports = array();

	public static function build() {
		self::$dir = sys_get_temp_dir() . '/slipway-wp-' . getmypid();
		mkdir( self::$dir . '/site', 0700, true );
		register_shutdown_function( array( __CLASS__, 'tear_down' ) );
		pcntl_async_signals( true );
		foreach ( array( SIGINT, SIGTERM ) as $signal ) {
			pcntl_signal( $signal, static fn() => exit( 130 ) );
		}
		// Addresses of our own: other tests take any port of 127.0.0.1.
		foreach ( array( 'db' => '127.0.12.1', 'site' => '127.0.12.1', 'portal' => '127.0.12.2', 'post' => '127.0.12.3', 'other' => '127.0.12.4' ) as $who => $host ) {
			$socket              = stream_socket_server( "tcp://$host:0" );
			self::$ports[ $who ] = stream_socket_get_name( $socket, false );
			$held[]              = $socket;
		}
		array_map( 'fclose', $held );
		self::$site_url   = 'http://' . self::$ports['site'];
		self::$portal_url = 'http://' . self::$ports['portal'];
		self::$env        = array(
			'PATH'                   => getenv( 'PATH' ),
			'SLIPWAY_TENANT'         => 'acme',
			'SLIPWAY_TENANT_ID'      => '0197f000-0000-7000-8000-000000000001',
			'SLIPWAY_TENANT_NAME'    => 'Acme & Sons',
			'SLIPWAY_PORTAL_URL'     => self::$portal_url,
			'SLIPWAY_PORTAL_API_URL' => self::$portal_url,
			'SLIPWAY_SITE_SECRET'    => rtrim( strtr( base64_encode( random_bytes( 32 ) ), '+/', '-_' ), '=' ),
			'SLIPWAY_APP_ID'         => '5f0c3c1e-6d1c-4a57-9a51-3f8a1d6f9b10',
			'SLIPWAY_SITE_URL'       => self::$site_url,
			'SLIPWAY_ADMIN_LOGIN'    => 'keeper',
			'SLIPWAY_ADMIN_EMAIL'    => 'keeper@example.org',
			'SLIPWAY_ADMIN_PASSWORD' => 'break "glass" \\ ' . bin2hex( random_bytes( 8 ) ),
			'WORDPRESS_DB_HOST'      => self::$ports['db'],
			'WORDPRESS_DB_USER'      => 'acme',
			'WORDPRESS_DB_PASSWORD'  => bin2hex( random_bytes( 12 ) ),
			'WORDPRESS_DB_NAME'      => 'acme',
			'PHP_CLI_SERVER_WORKERS' => '4',
			'SLIPWAY_SMTP_HOST'      => strtok( self::$ports['post'], ':' ),
			'SLIPWAY_SMTP_PORT'      => substr( strrchr( self::$ports['post'], ':' ), 1 ),
			'SLIPWAY_SMTP_SECURITY'  => 'none',
			'SLIPWAY_SMTP_USER'      => 'mailer',
			'SLIPWAY_SMTP_PASSWORD'  => 'a mail secret',
			'SLIPWAY_SMTP_FROM'      => 'sites@example.org',
			'PORTAL_STATE'           => self::$dir . '/portal.json',
			'PORTAL_CHAT'            => self::$chat,
		);
		foreach ( array( 'AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE' ) as $scheme ) {
			self::$env[ "WORDPRESS_{$scheme}_KEY" ]  = bin2hex( random_bytes( 32 ) );
			self::$env[ "WORDPRESS_{$scheme}_SALT" ] = bin2hex( random_bytes( 32 ) );
		}
		self::database();
		self::tree();
		self::start( 'portal', array( self::php(), '-S', self::$ports['portal'], __DIR__ . '/portal.php' ) );
		self::start( 'post', array( self::php(), __DIR__ . '/post.php', self::$ports['post'], self::$dir . '/post.txt' ) );
	}

	/** PHP as a command: that of another suite runs with a C library of its own. */
	public static function php() {
		return getenv( 'SLIPWAY_PHP' ) ?: PHP_BINARY;
	}

	public static function site_up() {
		self::start( 'site', array( self::php(), '-S', self::$ports['site'], '-t', self::$dir . '/site' ), self::$dir . '/site' );
		self::wait( self::$ports['site'] );
		self::wait( self::$ports['portal'] );
	}

	/** A second site in the same tree and database, with tables of its own; returns its address, its settings, and how the install ended. */
	public static function other( $env ) {
		$url = 'http://' . self::$ports['other'];
		$env = $env + array( 'SLIPWAY_SITE_URL' => $url ) + self::$env;
		$end = self::install( $env );
		if ( 0 === $end[0] ) {
			self::start( 'other', array( self::php(), '-S', self::$ports['other'], '-t', self::$dir . '/site' ), self::$dir . '/site', $env );
			self::wait( self::$ports['other'] );
		}
		return array( $url, $env, $end );
	}

	public static function portal( $on ) {
		if ( $on ) {
			self::start( 'portal', array( self::php(), '-S', self::$ports['portal'], __DIR__ . '/portal.php' ) );
			self::wait( self::$ports['portal'] );
		} else {
			self::stop( 'portal' );
		}
	}

	private static function database() {
		$data = self::$dir . '/db';
		$user = 0 === posix_geteuid() ? array( '--user=root' ) : array();
		// In a shared folder a server that starts removes the temporary tables of others.
		$tmp = self::$dir . '/tmp';
		mkdir( $data, 0700 );
		mkdir( $tmp, 0700 );
		self::run( array_merge( array( 'mariadb-install-db', '--no-defaults', "--datadir=$data", "--tmpdir=$tmp", '--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve' ), $user ) );
		$server = is_executable( '/usr/sbin/mariadbd' ) ? '/usr/sbin/mariadbd' : 'mariadbd';
		list( $host, $port ) = explode( ':', self::$ports['db'] );
		self::start( 'db', array_merge( array( $server, '--no-defaults', "--datadir=$data", "--tmpdir=$tmp", '--socket=' . self::$dir . '/s', "--port=$port", "--bind-address=$host", '--skip-name-resolve', '--innodb-flush-log-at-trx-commit=0', '--innodb-buffer-pool-size=32M' ), $user ) );
		self::wait( self::$ports['db'] );
		$sql = new mysqli( 'localhost', 'root', '', '', 0, self::$dir . '/s' );
		$sql->query( 'CREATE DATABASE acme' );
		$sql->query( "CREATE USER acme@'%' IDENTIFIED BY '" . self::$env['WORDPRESS_DB_PASSWORD'] . "'" );
		$sql->query( "GRANT ALL ON acme.* TO acme@'%'" );
	}

	/** Core by hard links, then the three parts of ours, as a site is put together everywhere. */
	private static function tree() {
		$core = (string) getenv( 'SLIPWAY_WORDPRESS_CORE' );
		// An empty name would make the copy below begin at the root of the machine.
		if ( ! is_file( $core . '/wp-load.php' ) ) {
			fwrite( STDERR, "SLIPWAY_WORDPRESS_CORE names no WordPress; start the tests by wordpress/tests/run.\n" );
			exit( 2 );
		}
		$site = self::$dir . '/site';
		// Across file systems there are no hard links; a copy does.
		self::run( array( 'sh', '-c', 'cp -al "$1/." "$2" 2>/dev/null || cp -a "$1/." "$2"', 'sh', $core, $site ) );
		$here = dirname( __DIR__ );
		self::run( array( 'sh', '-c', 'mkdir -p "$2/wp-content/mu-plugins" && cp "$1/wp-config.php" "$2" && cp -r "$1/mu-plugins/." "$2/wp-content/mu-plugins" && cp -r "$1/slipway-connect" "$2/wp-content/plugins"', 'sh', $here, $site ) );
	}

	/** Runs install.php; returns its exit code and what it printed. */
	public static function install( $env = array() ) {
		return self::run( array( self::php(), dirname( __DIR__ ) . '/install.php', self::$dir . '/site' ), $env + self::$env, null, false );
	}

	/** Runs PHP inside the site and returns what it returns. */
	public static function inside( $code, $env = array() ) {
		list( $exit, $out ) = self::run( array( self::php(), __DIR__ . '/inside.php', self::$dir . '/site' ), $env + self::$env, $code, false );
		$at = strrpos( $out, "\n#=>" );
		if ( 0 !== $exit || false === $at ) {
			throw new RuntimeException( "inside the site: $out" );
		}
		return json_decode( substr( $out, $at + 4 ), true );
	}

	private static function run( $command, $env = null, $stdin = null, $must = true ) {
		$process = proc_open( $command, array( array( 'pipe', 'r' ), array( 'file', self::$dir . '/out', 'w' ), array( 'file', self::$dir . '/out', 'a' ) ), $pipes, null, $env ?? self::$env );
		fwrite( $pipes[0], (string) $stdin );
		fclose( $pipes[0] );
		$exit = proc_close( $process );
		$out  = file_get_contents( self::$dir . '/out' );
		if ( $must && 0 !== $exit ) {
			throw new RuntimeException( implode( ' ', $command ) . ": $out" );
		}
		return array( $exit, $out );
	}

	private static function start( $name, $command, $cwd = null, $env = null ) {
		$log                    = self::$dir . "/$name.log";
		self::$running[ $name ] = proc_open( array_merge( array( 'setsid' ), $command ), array( array( 'file', '/dev/null', 'r' ), array( 'file', $log, 'a' ), array( 'file', $log, 'a' ) ), $pipes, $cwd, $env ?? self::$env );
	}

	private static function stop( $name ) {
		$process = self::$running[ $name ] ?? null;
		if ( ! $process ) {
			return;
		}
		// The whole group of a process that this script started: PHP's server has workers.
		$pid = proc_get_status( $process )['pid'];
		posix_kill( -$pid, SIGTERM );
		proc_close( $process );
		unset( self::$running[ $name ] );
	}

	private static function wait( $address ) {
		for ( $try = 0; $try < 300; $try++ ) {
			$socket = @stream_socket_client( "tcp://$address", $number, $text, 1 );
			if ( $socket ) {
				fclose( $socket );
				return;
			}
			usleep( 100000 );
		}
		throw new RuntimeException( "Nothing listens on $address: " . implode( "\n", array_map( 'file_get_contents', glob( self::$dir . '/*.log' ) ) ) );
	}

	public static function tear_down() {
		foreach ( array_reverse( array_keys( self::$running ) ) as $name ) {
			self::stop( $name );
		}
		if ( getenv( 'SLIPWAY_KEEP' ) ) {
			echo 'Kept: ' . self::$dir . "\n";
		} elseif ( self::$dir ) {
			exec( 'rm -rf ' . escapeshellarg( self::$dir ) );
		}
	}
}
