<?php
/**
 * Who of those that came by SSO still belongs to this site.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * The portal compares and corrects: a session of WordPress lasts for days, and nobody who was removed should have to sign in
 * again before it ends.
 */
final class Members {

	/** Most people of one site. */
	const MOST = 20000;

	/**
	 * Everybody who once came by SSO and has a role.
	 *
	 * @return array[] {subject, email, role}
	 */
	public static function all() {
		$all = array();
		foreach ( self::users() as $user ) {
			if ( array() !== $user->roles ) {
				$all[] = array(
					'subject' => (string) get_user_meta( $user->ID, Person::META, true ),
					'email'   => $user->user_email,
					'role'    => implode( ' ', $user->roles ),
				);
			}
		}
		return $all;
	}

	/**
	 * Lets stay who belongs here, in the role of now. Everybody else is out: signed out everywhere, without passwords for
	 * programs, without a role. What they wrote stays.
	 *
	 * @param array[] $members {subject, email, role}; no subject before the portal has seen them.
	 */
	public static function settle( $members ) {
		self::follow( $members );
		foreach ( self::users() as $user ) {
			$role = self::role( $user, $members );
			if ( '' === $role ) {
				\WP_Session_Tokens::get_instance( $user->ID )->destroy_all();
				Passwords::remove_all( $user->ID );
			}
			// Last, because all() lists whoever has a role: who was cut off half-way is done again.
			if ( array_filter( array( $role ) ) !== array_values( $user->roles ) ) {
				$user->set_role( $role );
			}
		}
	}

	/**
	 * Whether this is a list of members.
	 *
	 * @param mixed $given What was sent.
	 * @return bool
	 */
	public static function are( $given ) {
		if ( ! is_array( $given ) || ! array_is_list( $given ) || count( $given ) > self::MOST ) {
			return false;
		}
		foreach ( $given as $one ) {
			if ( ! is_string( $one['subject'] ?? null ) || ! is_string( $one['email'] ?? null ) || ! in_array( $one['role'] ?? '', Person::ROLES, true ) ) {
				return false;
			}
			$was = $one['was'] ?? array();
			if ( ! is_array( $was ) || array_filter( $was, 'is_string' ) !== $was ) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Lets accounts follow people whose account at the sign-in service was replaced: the portal says which subjects they had.
	 * An account moves only while nobody carries the subject of now, so that two people never become one.
	 *
	 * @param array[] $members As for settle(), with the subjects before in `was`.
	 */
	private static function follow( $members ) {
		foreach ( $members as $member ) {
			foreach ( '' === $member['subject'] ? array() : ( $member['was'] ?? array() ) as $was ) {
				$theirs = self::carriers( $was );
				if ( 1 === count( $theirs ) && array() === self::carriers( $member['subject'] ) ) {
					update_user_meta( $theirs[0], Person::META, wp_slash( $member['subject'] ), wp_slash( $was ) );
				}
			}
		}
	}

	/**
	 * Who carries a subject.
	 *
	 * @param string $subject Subject.
	 * @return int[]
	 */
	private static function carriers( $subject ) {
		$query = array(
			'fields'     => 'ID',
			'meta_key'   => Person::META, // phpcs:ignore WordPress.DB.SlowDBQuery -- Only for people whose account was replaced.
			'meta_value' => $subject, // phpcs:ignore WordPress.DB.SlowDBQuery -- As above.
		);
		$same  = static function ( $id ) use ( $subject ) {
			// The database compares without regard to case.
			return get_user_meta( $id, Person::META, true ) === $subject;
		};
		return array_values( array_filter( array_map( 'intval', get_users( $query ) ), $same ) );
	}

	/**
	 * A person's role by the list; '' for somebody who is not on it.
	 *
	 * @param \WP_User $user    Person.
	 * @param array[]  $members As for settle().
	 * @return string
	 */
	private static function role( $user, $members ) {
		$subject = (string) get_user_meta( $user->ID, Person::META, true );
		foreach ( $members as $member ) {
			$same = '' === $member['subject'] ? 0 === strcasecmp( $member['email'], $user->user_email ) : $member['subject'] === $subject;
			if ( $same ) {
				return $member['role'];
			}
		}
		return '';
	}

	/**
	 * Those who carry a subject, without the way in for emergencies.
	 *
	 * @return \WP_User[]
	 */
	private static function users() {
		$found = get_users(
			array(
				'meta_key' => Person::META, // phpcs:ignore WordPress.DB.SlowDBQuery -- Only the portal asks, and a site has few people.
				'number'   => -1,
			)
		);
		return array_filter(
			$found,
			static function ( $user ) {
				return Config::get( 'SLIPWAY_ADMIN_LOGIN' ) !== $user->user_login;
			}
		);
	}
}
