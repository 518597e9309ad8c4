<?php
/**
 * Who on this site the person is that the portal names.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * Finds a person by their subject, links them by verified e-mail the first time, or creates them.
 */
final class Person {

	const META  = 'slipway_subject';
	const ROLES = array( 'administrator', 'author' );

	/**
	 * The user for an answer of the portal. Their role follows the answer each time.
	 *
	 * @param array $who {subject, email, email_verified, name, role}.
	 * @return \WP_User|string The user, or the reason why there is none.
	 */
	public static function from( $who ) {
		$subject = is_string( $who['subject'] ?? null ) ? trim( $who['subject'] ) : '';
		$email   = is_string( $who['email'] ?? null ) ? sanitize_email( $who['email'] ) : '';
		$role    = $who['role'] ?? '';
		if ( '' === $subject || strlen( $subject ) > 255 || ! in_array( $role, self::ROLES, true ) ) {
			return 'portal';
		}
		$user = self::by_subject( $subject );
		if ( ! $user ) {
			if ( ! is_email( $email ) || true !== ( $who['email_verified'] ?? false ) ) {
				return 'email';
			}
			$user = get_user_by( 'email', $email );
			$mine = $user ? get_user_meta( $user->ID, self::META, true ) : '';
			if ( $user && '' !== $mine && $mine !== $subject ) {
				return 'taken';
			}
		}
		if ( ! $user ) {
			$user = self::create( $email, is_string( $who['name'] ?? null ) ? $who['name'] : '' );
			if ( ! $user ) {
				return 'create';
			}
		}
		if ( 'administrator' !== $role && Config::get( 'SLIPWAY_ADMIN_LOGIN' ) === $user->user_login ) {
			// The way in for emergencies stays an administrator, so nobody below that may come in as it.
			return 'emergency';
		}
		update_user_meta( $user->ID, self::META, wp_slash( $subject ) );
		if ( array( $role ) !== array_values( $user->roles ) ) {
			$user->set_role( $role );
		}
		return $user;
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
				'number'     => 10,
			)
		);
		foreach ( $found as $user ) {
			if ( get_user_meta( $user->ID, self::META, true ) === $subject ) {
				return $user;
			}
		}
		return null;
	}

	/**
	 * Creates a person. Their password is random and told to nobody: they come in by SSO.
	 *
	 * @param string $email Address.
	 * @param string $name  Name as shown.
	 * @return \WP_User|null
	 */
	private static function create( $email, $name ) {
		$name = mb_substr( trim( sanitize_text_field( $name ) ), 0, 100 );
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
						'user_email'   => $email,
						'display_name' => '' === $name ? $login : $name,
						'nickname'     => '' === $name ? $login : $name,
						'role'         => '',
					)
				)
			);
			if ( ! is_wp_error( $made ) ) {
				return get_user_by( 'id', $made );
			}
			if ( 'existing_user_login' !== $made->get_error_code() ) {
				// Two sign-ins of the same new person at once: the other one made them.
				$other = get_user_by( 'email', $email );
				return $other ? $other : null;
			}
		}
		return null;
	}
}
