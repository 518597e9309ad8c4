<?php
/**
 * Who on this site the person is that the portal names.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * A person is the provider's subject, and nothing else: an address can be written into a profile by whoever likes. Who is
 * not here yet gets an account; address, name and role follow the portal's answer each time.
 */
final class Person {

	/** User meta. Written here, when the account is made, and nowhere else. */
	const META = 'slipway_subject';

	/** User meta: the portal's time (microseconds since 1970) of its newest answer about them. */
	const SEEN = 'slipway_seen';

	const ROLES = array( 'administrator', 'author' );

	/**
	 * True while an account follows the portal's answer.
	 *
	 * @var bool
	 */
	public static $follows = false;

	/**
	 * The user for an answer of the portal, or for the claims of the OpenID plugin.
	 *
	 * @param array $who  {subject, email, email_verified, name, role, at, was}; `was` are subjects they had before.
	 * @param bool  $make Whether somebody who is not here yet gets an account.
	 * @return \WP_User|string The user, or the reason why there is none.
	 */
	public static function from( $who, $make = true ) {
		$subject = self::subject( $who['subject'] ?? null );
		if ( '' === $subject || ! in_array( $who['role'] ?? '', self::ROLES, true ) ) {
			return 'portal';
		}
		$found = Lock::named(
			'people',
			static function () use ( $who, $subject, $make ) {
				return self::settled( $who, $subject, $make );
			}
		);
		return $found ?? 'create';
	}

	/**
	 * Whether somebody comes by SSO. The way in for emergencies is nobody's.
	 *
	 * @param int $id User.
	 * @return bool
	 */
	public static function is( $id ) {
		return '' !== (string) get_user_meta( $id, self::META, true ) && ! self::is_emergency( get_userdata( $id ) );
	}

	/**
	 * Whose an account is at the provider; '' for one of this site itself.
	 *
	 * @param int $id User.
	 * @return string
	 */
	public static function subject_of( $id ) {
		return self::is( $id ) ? (string) get_user_meta( $id, self::META, true ) : '';
	}

	/**
	 * Whether this is the way in for emergencies.
	 *
	 * @param \WP_User|false $user User.
	 * @return bool
	 */
	public static function is_emergency( $user ) {
		return $user && Config::get( 'SLIPWAY_ADMIN_LOGIN' ) === $user->user_login;
	}

	/**
	 * A subject as it came, or '' for what is none. It is compared as it is, so it must come back from the database as it is.
	 *
	 * @param mixed $given Subject.
	 * @return string
	 */
	private static function subject( $given ) {
		$fits = is_string( $given ) && '' !== $given && strlen( $given ) <= 255 && trim( $given ) === $given && mb_check_encoding( $given, 'UTF-8' );
		return $fits ? $given : '';
	}

	/**
	 * Finds or makes the person, and lets their account follow what was said.
	 *
	 * @param array  $who     As for from().
	 * @param string $subject Subject.
	 * @param bool   $make    As for from().
	 * @return \WP_User|string
	 */
	private static function settled( $who, $subject, $make ) {
		// Some providers write it as a text.
		$verified = in_array( $who['email_verified'] ?? false, array( true, 'true' ), true );
		$email    = $verified && is_string( $who['email'] ?? null ) ? $who['email'] : '';
		$name     = is_string( $who['name'] ?? null ) ? mb_substr( trim( sanitize_text_field( $who['name'] ) ), 0, 100 ) : '';
		$was      = is_array( $who['was'] ?? null ) ? array_filter( $who['was'], 'is_string' ) : array();
		// Whose account at the sign-in service was replaced may be here before the list that says so.
		Members::follow( array( array( 'subject' => $subject, 'was' => $was ) ) );
		$user = self::by_subject( $subject );
		if ( ! $user ) {
			if ( '' === trim( $email ) || ! $make ) {
				return $make ? 'email' : 'first';
			}
			$user = self::create( $subject, $email, $name );
		}
		if ( ! $user ) {
			return 'create';
		}
		Address::give( $user, $email );
		if ( '' !== $name && $name !== $user->display_name ) {
			self::$follows = true;
			wp_update_user(
				wp_slash(
					array(
						'ID'           => $user->ID,
						'display_name' => $name,
						'nickname'     => $name,
					)
				)
			);
			self::$follows = false;
		}
		if ( is_int( $who['at'] ?? null ) ) {
			update_user_meta( $user->ID, self::SEEN, $who['at'] );
		}
		if ( array( $who['role'] ) !== array_values( $user->roles ) ) {
			$user->set_role( $who['role'] );
		}
		return get_userdata( $user->ID );
	}

	/**
	 * The one user who carries a subject. Compared byte by byte: the database takes letters of either case for the same.
	 *
	 * @param string $subject Subject.
	 * @return \WP_User|null
	 */
	private static function by_subject( $subject ) {
		$found = get_users(
			array(
				'meta_key'   => self::META, // phpcs:ignore WordPress.DB.SlowDBQuery -- Once per sign-in.
				'meta_value' => $subject, // phpcs:ignore WordPress.DB.SlowDBQuery -- As above.
			)
		);
		foreach ( $found as $user ) {
			if ( get_user_meta( $user->ID, self::META, true ) === $subject && ! self::is_emergency( $user ) ) {
				return $user;
			}
		}
		return null;
	}

	/**
	 * Creates a person. Their password is random and told to nobody. Whoever holds their address here keeps it for the
	 * moment, so this cannot fail for it.
	 *
	 * @param string $subject Subject.
	 * @param string $email   Address, for the login.
	 * @param string $name    Name as shown.
	 * @return \WP_User|null
	 */
	private static function create( $subject, $email, $name ) {
		$base = substr( strtolower( sanitize_user( (string) strstr( $email, '@', true ), true ) ), 0, 40 );
		$base = '' === $base ? 'person' : $base;
		for ( $number = 1; $number <= 200; $number++ ) {
			$login = 1 === $number ? $base : $base . $number;
			if ( username_exists( $login ) || get_user_by( 'slug', sanitize_title( $login ) ) ) {
				continue;
			}
			$made = wp_insert_user(
				wp_slash(
					array(
						'user_login'   => $login,
						'user_pass'    => wp_generate_password( 64, true, true ),
						'user_email'   => Address::nobodys(),
						'display_name' => '' === $name ? $login : $name,
						'nickname'     => '' === $name ? $login : $name,
						'role'         => '',
						'meta_input'   => array( self::META => $subject ),
					)
				)
			);
			if ( ! is_wp_error( $made ) ) {
				return get_user_by( 'id', $made );
			}
			if ( 'existing_user_login' !== $made->get_error_code() ) {
				return null;
			}
		}
		return null;
	}
}
