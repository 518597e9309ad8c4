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
 * again before it ends. People are told apart by their subject alone.
 */
final class Members {

	/** Most people of one list. */
	const MOST = 100000;

	/** Microseconds by which an answer may be newer than a list; more than that is a clock that was turned back. */
	const NEWER = 300000000;

	/**
	 * Everybody who once came by SSO; without a role when they do not belong here any more.
	 *
	 * @return array[] {subject, email, role}
	 */
	public static function all() {
		$all = array();
		foreach ( self::users() as $user ) {
			$all[] = array(
				'subject' => (string) get_user_meta( $user->ID, Person::META, true ),
				'email'   => $user->user_email,
				'role'    => implode( ' ', $user->roles ),
			);
		}
		return $all;
	}

	/**
	 * Lets stay who belongs here, in the role and with the address of now. Everybody else is out: signed out everywhere,
	 * without passwords for programs, without a role. What they wrote stays.
	 *
	 * @param array[] $members {subject, email, role}; without a subject they have no account here yet.
	 * @param int     $at      The portal's time when it read the list, in microseconds since 1970; 0 when it does not say.
	 */
	public static function settle( $members, $at = 0 ) {
		self::follow( $members );
		$known = array();
		foreach ( $members as $member ) {
			if ( '' !== $member['subject'] ) {
				$known[ $member['subject'] ]['role']    = $known[ $member['subject'] ]['role'] ?? $member['role'];
				$known[ $member['subject'] ]['email'][] = $member['email'];
			}
		}
		foreach ( self::users() as $user ) {
			$one  = $known[ (string) get_user_meta( $user->ID, Person::META, true ) ] ?? null;
			$role = $one ? $one['role'] : '';
			if ( self::came_since( $user, $at ) ) {
				continue;
			}
			if ( ! $one ) {
				\WP_Session_Tokens::get_instance( $user->ID )->destroy_all();
				Passwords::remove_all( $user->ID );
			} elseif ( ! in_array( Address::canonical( $user->user_email ), array_map( array( Address::class, 'canonical' ), $one['email'] ), true ) ) {
				Address::give( $user, $one['email'][0] );
			}
			// Last, because all() tells the role: who was cut off half-way is done again.
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
	public static function follow( $members ) {
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
	 * Whether the portal sent them here after it read the list: then it said later who they are, and the next list knows it too.
	 *
	 * @param \WP_User $user Person.
	 * @param int      $at   As for settle().
	 * @return bool
	 */
	private static function came_since( $user, $at ) {
		$newer = (int) get_user_meta( $user->ID, Person::SEEN, true ) - $at;
		return 0 !== $at && 0 <= $newer && $newer < self::NEWER;
	}

	/**
	 * Those who carry a subject, all of them, without the way in for emergencies.
	 *
	 * @return \WP_User[]
	 */
	private static function users() {
		$found = get_users( array( 'meta_key' => Person::META ) ); // phpcs:ignore WordPress.DB.SlowDBQuery -- Only the portal asks.
		return array_filter(
			$found,
			static function ( $user ) {
				return Person::is( $user->ID );
			}
		);
	}
}
